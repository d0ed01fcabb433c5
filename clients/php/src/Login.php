<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * Hello, passwords both ways, a person where one is wanted, and the Director's welcome.
 */
final class Login
{
    private const VERSION = '26.0.0';
    private const OK = 1000;
    private const PERSON_WANTED = 1001;

    /**
     * @param array{string, string}|null $person name and password for PAM
     * @return array{string, string} what the Director says of itself, and of the console
     * @throws AuthenticationFailed
     */
    public static function run(
        Channel $channel,
        string $name,
        #[\SensitiveParameter] string $key,
        #[\SensitiveParameter] ?array $person,
    ): array {
        $bashed = str_replace(' ', "\x01", $name);
        $channel->send("Hello $bashed calling version " . self::VERSION . "\n");
        self::prove($channel, $key);
        self::challenge($channel, $name, $key);
        [$number, $text] = self::numbered($channel);
        if ($number === self::PERSON_WANTED) {
            if ($person === null) {
                throw new AuthenticationFailed("console $name asks for a person: give user and password");
            }
            $channel->send("4002\x1e{$person[0]}\x1e{$person[1]}");
            [$number, $text] = self::numbered($channel);
        }
        if ($number !== self::OK) {
            throw new AuthenticationFailed("{$channel->peer} refused: $number $text");
        }
        return ["$number $text", self::numbered($channel)[1]];
    }

    private static function prove(Channel $channel, #[\SensitiveParameter] string $key): void
    {
        $channel->send(CramMd5::respond($key, self::message($channel)));
        if (self::message($channel) !== "1000 OK auth\n") {
            throw new AuthenticationFailed("{$channel->peer} refused our name or password");
        }
    }

    private static function challenge(
        Channel $channel,
        string $name,
        #[\SensitiveParameter] string $key,
    ): void {
        $challenge = CramMd5::challenge($name);
        $policy = $channel->cipher() === '' ? 0 : 2;
        $channel->send("auth cram-md5 $challenge ssl=$policy\n");
        if (!CramMd5::verify($key, $challenge, self::message($channel))) {
            $channel->send("1999 Authorization failed.\n");
            throw new AuthenticationFailed("{$channel->peer} does not know the password of $name");
        }
        $channel->send("1000 OK auth\n");
    }

    /**
     * @return array{int, string}
     */
    private static function numbered(Channel $channel): array
    {
        $message = rtrim(self::message($channel), "\0\n");
        if (preg_match('/^(\d{4})[ \x1e](.*)$/s', $message, $found) !== 1) {
            throw new AuthenticationFailed("expected a numbered message from {$channel->peer}");
        }
        return [(int) $found[1], str_replace("\x1e", ' ', $found[2])];
    }

    private static function message(Channel $channel): string
    {
        try {
            $frame = $channel->receive();
        } catch (ConnectionLost $lost) {
            throw new AuthenticationFailed("not admitted: {$lost->getMessage()}");
        }
        if ($frame instanceof Signal) {
            throw new AuthenticationFailed(
                "{$channel->peer} hung up: it may not know this console, or want TLS",
            );
        }
        return $frame;
    }
}
