<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * What came is not this protocol.
 */
final class ProtocolViolation extends ConsoleException
{
}
