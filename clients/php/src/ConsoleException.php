<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * Anything that this package reports; the message is one line.
 */
class ConsoleException extends \RuntimeException
{
}
