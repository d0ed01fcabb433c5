<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * The Director could not carry a command out.
 */
final class CommandFailed extends ConsoleException
{
    /**
     * @param array<string, mixed> $error the error object of the reply
     */
    public function __construct(string $message, public readonly array $error)
    {
        parent::__construct($message);
    }
}
