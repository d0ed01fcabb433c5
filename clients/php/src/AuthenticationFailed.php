<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * A name or a password is wrong, on one of the two sides.
 */
final class AuthenticationFailed extends ConsoleException
{
}
