#!/usr/bin/env php
<?php

/**
 * A console for a person, or for a script that pipes commands in.
 */

declare(strict_types=1);

use Barque\Console\CommandFailed;
use Barque\Console\Console;
use Barque\Console\ConsoleException;
use Barque\Console\Tls;

foreach ([__DIR__ . '/../../../autoload.php', __DIR__ . '/../vendor/autoload.php', __DIR__ . '/../autoload.php'] as $path) {
    if (is_file($path)) {
        require $path;
        break;
    }
}

const USAGE = <<<'TEXT'
    usage: bconsole.php [OPTION...] [ADDRESS]
      --name NAME        console; the default console without it
      --password WORD    its password; without it $BARQUE_PASSWORD
      --port PORT        of the Director (9101)
      --tls              encrypt, and check the Director's certificate
      --ca FILE          trust the certificates in FILE; implies --tls
      --json             answers in JSON

    TEXT;

exit(main($argv));

/**
 * @param list<string> $argv
 */
function main(array $argv): int
{
    $options = getopt('h', ['name:', 'password:', 'port:', 'tls', 'ca:', 'json', 'help'], $rest);
    if ($options === false || isset($options['h']) || isset($options['help'])) {
        fwrite(STDERR, USAGE);
        return 2;
    }
    $ca = $options['ca'] ?? null;
    try {
        $console = Console::connect(
            $argv[$rest] ?? 'localhost',
            $options['password'] ?? (string) getenv('BARQUE_PASSWORD'),
            $options['name'] ?? Console::DEFAULT_NAME,
            (int) ($options['port'] ?? Console::PORT),
            isset($options['tls']) || $ca !== null ? new Tls($ca) : null,
        );
    } catch (ConsoleException $problem) {
        fwrite(STDERR, $problem->getMessage() . "\n");
        return 1;
    }
    fwrite(STDERR, "{$console->welcome}\n{$console->info}\n");
    try {
        return converse($console, isset($options['json']));
    } catch (ConsoleException $problem) {
        fwrite(STDERR, $problem->getMessage() . "\n");
        return 1;
    } finally {
        $console->close();
    }
}

function converse(Console $console, bool $json): int
{
    $keyboard = stream_isatty(STDIN) && function_exists('readline');
    while (($line = read_line($keyboard, $console->asked() ? '' : '*')) !== null) {
        if (in_array(trim($line), ['quit', 'exit'], true) && !$console->asked()) {
            break;
        }
        if (!$json) {
            foreach ($console->stream($line) as $text) {
                echo $text;
            }
            continue;
        }
        try {
            echo json_encode($console->json($line) ?: new stdClass(), JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE), "\n";
        } catch (CommandFailed $problem) {
            echo $problem->getMessage(), "\n";
        }
    }
    return 0;
}

function read_line(bool $keyboard, string $prompt): ?string
{
    if ($keyboard) {
        $line = readline($prompt);
        if ($line !== false && trim($line) !== '') {
            readline_add_history($line);
        }
    } else {
        $line = fgets(STDIN);
    }
    return $line === false ? null : rtrim($line, "\r\n");
}
