<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * A connection that carries frames: a signed length of four bytes, and that many bytes.
 */
final class Channel
{
    public const MAX_PAYLOAD = 999_996;

    /**
     * @param resource $stream
     */
    private function __construct(private $stream, public readonly string $peer)
    {
    }

    /**
     * Connects, and encrypts when $tls is given; there is no way back to clear text.
     *
     * @param float $timeout seconds, for the connection and for each read
     * @throws ConnectionLost       when nobody listens
     * @throws AuthenticationFailed when TLS fails
     */
    public static function open(string $host, int $port, ?Tls $tls, float $timeout): self
    {
        $peer = "$host:$port";
        $options = $tls === null ? [] : ['ssl' => $tls->options($host)];
        $address = str_contains($host, ':') ? "tcp://[$host]:$port" : "tcp://$peer";
        [$stream, $problem] = self::quietly(static fn () => stream_socket_client(
            $address,
            timeout: $timeout,
            context: stream_context_create($options),
        ));
        if ($stream === false) {
            throw new ConnectionLost("cannot connect to $peer: $problem");
        }
        self::setTimeout($stream, $timeout);
        if ($tls !== null) {
            [$done, $problem] = self::quietly(static fn () => stream_socket_enable_crypto(
                $stream,
                true,
                STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT | STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT,
            ));
            if ($done !== true) {
                fclose($stream);
                throw new AuthenticationFailed(
                    "TLS handshake with $peer failed ($problem): the Director needs TlsCertificate "
                    . 'and TlsKey, because PHP has no TLS-PSK',
                );
            }
        }
        return new self($stream, $peer);
    }

    /**
     * @param resource $stream
     */
    private static function setTimeout($stream, float $timeout): void
    {
        $seconds = (int) $timeout;
        stream_set_timeout($stream, $seconds, (int) (($timeout - $seconds) * 1_000_000));
    }

    /**
     * @param callable(): mixed $action
     * @return array{mixed, string} its result, and what PHP warned of
     */
    private static function quietly(callable $action): array
    {
        $problem = '';
        set_error_handler(static function (int $_level, string $text) use (&$problem): bool {
            $problem = trim((string) preg_replace('/^\w+\(\): |\s+/', ' ', $text));
            return true;
        });
        try {
            return [$action(), $problem];
        } finally {
            restore_error_handler();
        }
    }

    /**
     * Cipher and version; empty in the clear.
     */
    public function cipher(): string
    {
        $crypto = stream_get_meta_data($this->stream)['crypto'] ?? null;
        return $crypto === null ? '' : "{$crypto['cipher_name']} {$crypto['protocol']}";
    }

    /**
     * Sends one message.
     *
     * @throws ConnectionLost
     */
    public function send(string $payload): void
    {
        $frames = '';
        foreach ($payload === '' ? [''] : str_split($payload, self::MAX_PAYLOAD) as $piece) {
            $frames .= pack('N', strlen($piece)) . $piece;
        }
        $this->write($frames);
    }

    /**
     * Sends a signal.
     *
     * @throws ConnectionLost
     */
    public function signal(Signal $signal): void
    {
        $this->write(pack('N', $signal->value & 0xffffffff));
    }

    private function write(string $data): void
    {
        while ($data !== '') {
            [$written] = self::quietly(fn () => fwrite($this->stream, $data));
            if ($written === false || $written === 0) {
                throw new ConnectionLost("connection to {$this->peer} lost");
            }
            $data = substr($data, $written);
        }
    }

    /**
     * The next message, or signal.
     *
     * @throws ConnectionLost    when the Director is gone or silent too long
     * @throws ProtocolViolation when it does not speak frames
     */
    public function receive(): string|Signal
    {
        $length = unpack('N', $this->read(4))[1] ?? 0;
        if ($length >= 0x80000000) {
            $number = $length - 0x100000000;
            return Signal::tryFrom($number)
                ?? throw new ProtocolViolation("{$this->peer} sent the unknown signal $number");
        }
        if ($length > self::MAX_PAYLOAD + 4) {
            throw new ProtocolViolation("{$this->peer} announces a frame of $length bytes");
        }
        return $length === 0 ? '' : $this->read($length);
    }

    private function read(int $length): string
    {
        $data = '';
        while (strlen($data) < $length) {
            [$piece] = self::quietly(fn () => fread($this->stream, $length - strlen($data)));
            if ($piece === false || $piece === '') {
                $late = stream_get_meta_data($this->stream)['timed_out'];
                throw new ConnectionLost($this->peer
                    . ($late ? ' did not answer in time' : ' closed the connection'));
            }
            $data .= $piece;
        }
        return $data;
    }

    /**
     * Closes; never throws.
     */
    public function close(): void
    {
        if (is_resource($this->stream)) {
            fclose($this->stream);
        }
    }
}
