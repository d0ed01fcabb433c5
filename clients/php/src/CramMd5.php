<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * The proof of the password, both ways, in both flavours of base64.
 */
final class CramMd5
{
    private const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    private const CHALLENGE = '/^auth cram-md5(c?) (<\d+\.\d+@[^ \n]*>)(?: ssl=(\d+))?/';

    /**
     * The key that a clear password stands for; `[md5]` in front means that it is hashed already.
     */
    public static function key(string $password): string
    {
        return str_starts_with($password, '[md5]') ? substr($password, 5) : md5($password);
    }

    /**
     * What answers the Director's challenge.
     *
     * @throws AuthenticationFailed when it is none
     */
    public static function respond(string $key, string $message): string
    {
        if (preg_match(self::CHALLENGE, $message, $found) !== 1) {
            $shown = trim(substr($message, 0, 80));
            throw new AuthenticationFailed("expected a challenge, the Director answered: $shown");
        }
        $digest = hash_hmac('md5', $found[2], $key, true);
        return $found[1] === 'c' ? self::standardBase64($digest) : self::bareosBase64($digest);
    }

    /**
     * A challenge for the Director, without the words around it.
     */
    public static function challenge(string $name): string
    {
        $bashed = str_replace(' ', "\x01", $name);
        return sprintf('<%d.%d@R_CONSOLE::%s>', random_int(0, 0x7fffffff), time(), $bashed);
    }

    /**
     * Whether the Director's response answers our challenge, in either flavour.
     */
    public static function verify(string $key, string $challenge, string $response): bool
    {
        $digest = hash_hmac('md5', $challenge, $key, true);
        $given = rtrim($response, "\0\n");
        return hash_equals(self::bareosBase64($digest), $given)
            || hash_equals(self::standardBase64($digest), $given);
    }

    /**
     * Base64 without padding.
     */
    public static function standardBase64(string $data): string
    {
        return rtrim(base64_encode($data), '=');
    }

    /**
     * The base64 of Bareos: a byte from 0x80 on sets all bits that are pending before it, and the
     * last digit is not shifted left.
     */
    public static function bareosBase64(string $data): string
    {
        $digits = '';
        $bits = 0;
        $pending = 0;
        foreach (unpack('C*', $data) ?: [] as $byte) {
            if ($pending > 0 && $byte >= 0x80) {
                $bits = (1 << $pending) - 1;
            }
            $bits = ($bits << 8) | $byte;
            $pending += 8;
            while ($pending >= 6) {
                $pending -= 6;
                $digits .= self::DIGITS[($bits >> $pending) & 63];
            }
            $bits &= (1 << $pending) - 1;
        }
        return $pending > 0 ? $digits . self::DIGITS[$bits] : $digits;
    }
}
