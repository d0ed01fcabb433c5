<?php

declare(strict_types=1);

namespace Barque\Console;

/**
 * How the connection is encrypted. PHP has no TLS-PSK, so the Director needs a certificate.
 */
final readonly class Tls
{
    /**
     * @param string|null $authority   file with the certificates that are trusted; null for the system's
     * @param string|null $name        name that the Director's certificate must carry; null for the address
     * @param string|null $certificate our own certificate (PEM), for a Director that verifies its peers
     * @param string|null $key         its private key (PEM)
     * @param bool        $verify      false trusts every certificate: for experiments only
     */
    public function __construct(
        public ?string $authority = null,
        public ?string $name = null,
        public ?string $certificate = null,
        public ?string $key = null,
        public bool $verify = true,
    ) {
    }

    /**
     * @return array<string, mixed> the options of PHP's stream context
     */
    public function options(string $host): array
    {
        $options = [
            'verify_peer' => $this->verify,
            'verify_peer_name' => $this->verify,
            'allow_self_signed' => !$this->verify,
            'peer_name' => $this->name ?? $host,
            'cafile' => $this->authority,
            'local_cert' => $this->certificate,
            'local_pk' => $this->key,
        ];
        return array_filter($options, static fn (mixed $value): bool => $value !== null);
    }
}
