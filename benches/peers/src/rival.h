/* What a shim over a C or C++ library offers, as `src/foreign.rs` declares it too.
 *
 * Functions that return int return 1 if all went well. NULL stands for what the library does not have. */
#include <stddef.h>
#include <stdint.h>

struct peers_library {
    const char *(*version)(void);

    /* A cipher with its key: mode "ecb", "ctr", "cbc", "xts", "gcm" or "ccm"; NULL if there is none. */
    void *(*cipher_new)(const char *mode, int encrypt, const uint8_t *key, size_t key_bytes);
    /* Another key. */
    int (*cipher_key)(void *cipher, const uint8_t *key, size_t key_bytes);
    /* One message in place; the tag has 16 bytes, where the mode has one. */
    int (*cipher_run)(void *cipher, const uint8_t *iv, size_t iv_bytes, uint8_t *data, size_t bytes,
                      uint8_t *tag);
    void (*cipher_free)(void *cipher);

    /* A hash function or MAC with its key: "sm3", "hmac" or "cmac". */
    void *(*mac_new)(const char *name, const uint8_t *key, size_t key_bytes);
    /* One message; `out` has 32 bytes, of CMAC 16. */
    int (*mac_run)(void *mac, const uint8_t *data, size_t bytes, uint8_t *out);
    void (*mac_free)(void *mac);

    /* The KDF of SM2. */
    int (*kdf)(const uint8_t *z, size_t z_bytes, uint8_t *out, size_t bytes);
    int (*pbkdf2)(const uint8_t *password, size_t password_bytes, const uint8_t *salt,
                  size_t salt_bytes, uint32_t iterations, uint8_t *out, size_t bytes);

    /* SM2 with the secret key `d`, for ECDH with `peer`, an uncompressed point. */
    void *(*sm2_new)(const uint8_t d[32], const uint8_t peer[65]);
    /* The public key of `d`. */
    int (*sm2_keygen)(void *sm2, uint8_t out[65]);
    /* `out` has room for 72 bytes. */
    int (*sm2_sign)(void *sm2, const uint8_t e[32], uint8_t *out);
    int (*sm2_verify)(void *sm2, const uint8_t e[32], const uint8_t *signature, size_t bytes);
    int (*sm2_ecdh)(void *sm2, uint8_t out[32]);
    /* `out` has room for 144 bytes. */
    int (*sm2_encrypt)(void *sm2, const uint8_t message[32], uint8_t *out);
    int (*sm2_decrypt)(void *sm2, const uint8_t *ciphertext, size_t bytes, uint8_t out[32]);
    void (*sm2_free)(void *sm2);
};
