<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * One session at a Director.
 *
 *     $director = Console::connect('backup.example.com', 'secret', name: 'web', tls: new Tls());
 *     foreach ($director->json('list jobs')['jobs'] as $job) { ... }
 */
final class Console
{
    public const DEFAULT_NAME = '*UserAgent*';
    public const PORT = 9101;

    private const TEXT = 0;
    private const JSON = 2;

    private int $mode = self::TEXT;
    private bool $reading = false;
    private bool $asked = false;

    /** @var (callable(Signal): void)|null */
    private $listener = null;

    private function __construct(
        private readonly Channel $channel,
        public readonly string $welcome,
        public readonly string $info,
    ) {
    }

    /**
     * Connects and logs in.
     *
     * @param string                     $password clear, or `[md5]` and its hash
     * @param Tls|null                   $tls      null connects in the clear, which the Director must allow
     * @param array{string, string}|null $person   name and password, for a console that asks PAM
     * @param float                      $timeout  seconds; how long the Director may be silent
     * @throws ConnectionLost       when nobody answers
     * @throws AuthenticationFailed when a name or a password is wrong, or TLS fails
     */
    public static function connect(
        string $address,
        #[\SensitiveParameter] string $password,
        string $name = self::DEFAULT_NAME,
        int $port = self::PORT,
        ?Tls $tls = null,
        #[\SensitiveParameter] ?array $person = null,
        float $timeout = 300.0,
    ): self {
        $channel = Channel::open($address, $port, $tls, $timeout);
        try {
            [$welcome, $info] = Login::run($channel, $name, CramMd5::key($password), $person);
        } catch (ConsoleException $problem) {
            $channel->close();
            throw $problem;
        }
        return new self($channel, $welcome, $info);
    }

    /**
     * Cipher and version; empty in the clear.
     */
    public function cipher(): string
    {
        return $this->channel->cipher();
    }

    /**
     * Whether the last reply ended with a question, which the next call answers.
     */
    public function asked(): bool
    {
        return $this->asked;
    }

    /**
     * Lets $listener see every signal.
     *
     * @param (callable(Signal): void)|null $listener
     */
    public function onSignal(?callable $listener): void
    {
        $this->listener = $listener;
    }

    /**
     * Sends a command and yields its reply as it comes in.
     *
     * @return \Generator<int, string>
     * @throws ConnectionLost
     */
    public function stream(string $command): \Generator
    {
        $this->send($command, self::TEXT);
        yield from $this->texts();
    }

    /**
     * Sends a command and returns its whole reply. Questions go to $answer; without it they are
     * called off.
     *
     * @param (callable(string): string)|null $answer
     * @throws ConnectionLost
     */
    public function call(string $command, ?callable $answer = null): string
    {
        $this->send($command, self::TEXT);
        return $this->dialogue($answer);
    }

    /**
     * Sends a command in JSON mode and returns its result.
     *
     * @return array<string, mixed>
     * @throws CommandFailed     with what the Director said
     * @throws ConnectionLost
     * @throws ProtocolViolation when the reply holds no JSON
     */
    public function json(string $command): array
    {
        $this->send($command, self::JSON);
        $text = $this->dialogue(null);
        if (trim($text) === '') {
            return [];
        }
        $document = self::document($text);
        if (isset($document['error'])) {
            throw new CommandFailed(self::reason($command, $document['error']), $document['error']);
        }
        return $document['result'] ?? [];
    }

    /**
     * Says goodbye and closes; never throws.
     */
    public function close(): void
    {
        try {
            $this->channel->signal(Signal::Terminate);
        } catch (ConnectionLost) {
            // whoever is gone needs no goodbye
        }
        $this->channel->close();
    }

    private function send(string $command, int $mode): void
    {
        $this->drain();
        if ($this->mode !== $mode) {
            $this->mode = $mode;
            $this->write($mode === self::JSON ? '.api 2 compact=yes' : '.api 0');
            $this->drain();
        }
        $this->write($command);
    }

    private function write(string $line): void
    {
        $this->channel->send($line);
        $this->reading = true;
    }

    private function drain(): void
    {
        foreach ($this->texts() as $_) {
            continue;
        }
    }

    private function dialogue(?callable $answer): string
    {
        $reply = '';
        while (true) {
            $text = implode('', iterator_to_array($this->texts(), false));
            $reply .= $text;
            if (!$this->asked) {
                return $reply;
            }
            $this->write($answer === null ? '.' : $answer($text));
        }
    }

    /**
     * @return \Generator<int, string>
     */
    private function texts(): \Generator
    {
        while ($this->reading) {
            $frame = $this->channel->receive();
            if (is_string($frame)) {
                if ($frame !== '') {
                    yield rtrim($frame, "\0");
                }
                continue;
            }
            if ($this->listener !== null) {
                ($this->listener)($frame);
            }
            if ($frame === Signal::Terminate) {
                throw new ConnectionLost("{$this->channel->peer} ended the session");
            }
            if ($frame->endsReply()) {
                $this->reading = false;
                $this->asked = $frame === Signal::SubPrompt;
            }
        }
    }

    /**
     * The JSON document of a reply, behind whatever text came before it.
     *
     * @return array<string, mixed>
     */
    private static function document(string $text): array
    {
        preg_match_all('/\{\s*"jsonrpc"/', $text, $found, PREG_OFFSET_CAPTURE);
        foreach ($found[0] as [, $at]) {
            $document = json_decode(substr($text, $at), true, 512, JSON_INVALID_UTF8_SUBSTITUTE);
            if (is_array($document)) {
                return $document;
            }
        }
        throw new ProtocolViolation('the reply is not JSON: ' . substr($text, 0, 80));
    }

    /**
     * @param array<string, mixed> $error
     */
    private static function reason(string $command, array $error): string
    {
        $said = [];
        foreach (['error', 'warning', 'info'] as $kind) {
            foreach ($error['data']['messages'][$kind] ?? [] as $line) {
                $said[] = trim((string) $line);
            }
        }
        $word = strtok($command, ' ');
        return "$word failed: " . (implode(' ', array_filter($said)) ?: 'no reason given');
    }
}
