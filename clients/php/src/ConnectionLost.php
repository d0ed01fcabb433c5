<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * The Director went away, or did not answer in time.
 */
final class ConnectionLost extends ConsoleException
{
}
