/* Botan 2 by its C interface. */
#include "rival.h"
#include <botan/ffi.h>
#include <stdlib.h>
#include <string.h>

static const char *version(void) { return botan_version_string(); }

struct cipher {
    botan_cipher_t cipher;
    /* ECB, which its modes do not have. */
    botan_block_cipher_t block;
};

static void cipher_free(void *state) {
    struct cipher *cipher = state;
    if (cipher->cipher)
        botan_cipher_destroy(cipher->cipher);
    if (cipher->block)
        botan_block_cipher_destroy(cipher->block);
    free(cipher);
}

static int cipher_key(void *state, const uint8_t *key, size_t key_bytes) {
    struct cipher *cipher = state;
    if (cipher->block)
        return botan_block_cipher_set_key(cipher->block, key, key_bytes) == 0;
    return botan_cipher_set_key(cipher->cipher, key, key_bytes) == 0;
}

static void *cipher_new(const char *mode, int encrypt, const uint8_t *key, size_t key_bytes) {
    static const char *const names[][2] = {
        {"ctr", "SM4/CTR-BE"}, {"cbc", "SM4/CBC/NoPadding"}, {"xts", "SM4/XTS"},
        {"gcm", "SM4/GCM"},    {"ccm", "SM4/CCM(16,3)"},
    };
    struct cipher *state = calloc(1, sizeof *state);
    int right = 0;
    if (strcmp(mode, "ecb") == 0)
        right = encrypt && botan_block_cipher_init(&state->block, "SM4") == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(mode, names[i][0]) == 0)
            right = botan_cipher_init(&state->cipher, names[i][1], encrypt ? 0 : 1) == 0;
    if (right && cipher_key(state, key, key_bytes))
        return state;
    cipher_free(state);
    return NULL;
}

static int cipher_run(void *state, const uint8_t *iv, size_t iv_bytes, uint8_t *data, size_t bytes,
                      uint8_t *tag) {
    struct cipher *cipher = state;
    size_t out, in;
    if (cipher->block)
        return botan_block_cipher_encrypt_blocks(cipher->block, data, data, bytes / 16) == 0;
    /* The tag follows the message in the same buffer. */
    size_t room = tag ? bytes + 16 : bytes;
    return botan_cipher_start(cipher->cipher, iv, iv_bytes) == 0
           && botan_cipher_update(cipher->cipher, BOTAN_CIPHER_UPDATE_FLAG_FINAL, data, room, &out, data,
                                  bytes, &in) == 0
           && out == room;
}

struct mac {
    botan_hash_t hash;
    botan_mac_t mac;
};

static void mac_free(void *state) {
    struct mac *mac = state;
    if (mac->hash)
        botan_hash_destroy(mac->hash);
    if (mac->mac)
        botan_mac_destroy(mac->mac);
    free(mac);
}

static void *mac_new(const char *name, const uint8_t *key, size_t key_bytes) {
    struct mac *state = calloc(1, sizeof *state);
    int right;
    if (strcmp(name, "sm3") == 0)
        right = botan_hash_init(&state->hash, "SM3", 0) == 0;
    else
        right = botan_mac_init(&state->mac, strcmp(name, "hmac") == 0 ? "HMAC(SM3)" : "CMAC(SM4)", 0) == 0
                && botan_mac_set_key(state->mac, key, key_bytes) == 0;
    if (right)
        return state;
    mac_free(state);
    return NULL;
}

static int mac_run(void *state, const uint8_t *data, size_t bytes, uint8_t *out) {
    struct mac *mac = state;
    if (mac->hash)
        return botan_hash_update(mac->hash, data, bytes) == 0 && botan_hash_final(mac->hash, out) == 0;
    return botan_mac_update(mac->mac, data, bytes) == 0 && botan_mac_final(mac->mac, out) == 0;
}

static int kdf(const uint8_t *z, size_t z_bytes, uint8_t *out, size_t bytes) {
    return botan_kdf("KDF2(SM3)", out, bytes, z, z_bytes, NULL, 0, NULL, 0) == 0;
}

static int pbkdf2(const uint8_t *password, size_t password_bytes, const uint8_t *salt, size_t salt_bytes,
                  uint32_t iterations, uint8_t *out, size_t bytes) {
    return botan_pwdhash("PBKDF2(SM3)", iterations, 0, 0, out, bytes, (const char *)password, password_bytes,
                         salt, salt_bytes) == 0;
}

struct sm2 {
    botan_rng_t rng;
    botan_mp_t d;
    botan_privkey_t secret, ecdh_secret;
    botan_pubkey_t public;
    botan_pk_op_sign_t sign;
    botan_pk_op_verify_t verify;
    botan_pk_op_ka_t ecdh;
    botan_pk_op_encrypt_t encrypt;
    botan_pk_op_decrypt_t decrypt;
    uint8_t peer[65];
};

static void sm2_free(void *state) {
    struct sm2 *sm2 = state;
    botan_pk_op_sign_destroy(sm2->sign);
    botan_pk_op_verify_destroy(sm2->verify);
    botan_pk_op_key_agreement_destroy(sm2->ecdh);
    botan_pk_op_encrypt_destroy(sm2->encrypt);
    botan_pk_op_decrypt_destroy(sm2->decrypt);
    botan_pubkey_destroy(sm2->public);
    botan_privkey_destroy(sm2->secret);
    botan_privkey_destroy(sm2->ecdh_secret);
    botan_mp_destroy(sm2->d);
    botan_rng_destroy(sm2->rng);
    free(sm2);
}

static void *sm2_new(const uint8_t d[32], const uint8_t peer[65]) {
    struct sm2 *sm2 = calloc(1, sizeof *sm2);
    memcpy(sm2->peer, peer, 65);
    /* "Raw": what is signed is e itself. */
    int right = botan_rng_init(&sm2->rng, "user") == 0 && botan_mp_init(&sm2->d) == 0
                && botan_mp_from_bin(sm2->d, d, 32) == 0
                && botan_privkey_load_sm2(&sm2->secret, sm2->d, "sm2p256v1") == 0
                && botan_privkey_load_ecdh(&sm2->ecdh_secret, sm2->d, "sm2p256v1") == 0
                && botan_privkey_export_pubkey(&sm2->public, sm2->secret) == 0
                && botan_pk_op_sign_create(&sm2->sign, sm2->secret, ",Raw", 0) == 0
                && botan_pk_op_verify_create(&sm2->verify, sm2->public, ",Raw", 0) == 0
                && botan_pk_op_key_agreement_create(&sm2->ecdh, sm2->ecdh_secret, "Raw", 0) == 0
                && botan_pk_op_encrypt_create(&sm2->encrypt, sm2->public, "SM3", 0) == 0
                && botan_pk_op_decrypt_create(&sm2->decrypt, sm2->secret, "SM3", 0) == 0;
    if (right)
        return sm2;
    sm2_free(sm2);
    return NULL;
}

/* The making of the key object is in it, and a second private key is not made otherwise. */
static int sm2_keygen(void *state, uint8_t out[65]) {
    struct sm2 *sm2 = state;
    botan_privkey_t secret;
    size_t n = 65;
    int done = botan_privkey_load_ecdh(&secret, sm2->d, "sm2p256v1") == 0
               && botan_pk_op_key_agreement_export_public(secret, out, &n) == 0 && n == 65;
    botan_privkey_destroy(secret);
    return done;
}

static int sm2_sign(void *state, const uint8_t e[32], uint8_t *out) {
    struct sm2 *sm2 = state;
    size_t n = 72;
    return botan_pk_op_sign_update(sm2->sign, e, 32) == 0
           && botan_pk_op_sign_finish(sm2->sign, sm2->rng, out, &n) == 0 && n == 64;
}

static int sm2_verify(void *state, const uint8_t e[32], const uint8_t *signature, size_t bytes) {
    struct sm2 *sm2 = state;
    return botan_pk_op_verify_update(sm2->verify, e, 32) == 0
           && botan_pk_op_verify_finish(sm2->verify, signature, bytes) == 0;
}

static int sm2_ecdh(void *state, uint8_t out[32]) {
    struct sm2 *sm2 = state;
    size_t n = 32;
    return botan_pk_op_key_agreement(sm2->ecdh, out, &n, sm2->peer, 65, NULL, 0) == 0 && n == 32;
}

static int sm2_encrypt(void *state, const uint8_t message[32], uint8_t *out) {
    struct sm2 *sm2 = state;
    size_t n = 144;
    return botan_pk_op_encrypt(sm2->encrypt, sm2->rng, out, &n, message, 32) == 0;
}

static int sm2_decrypt(void *state, const uint8_t *ciphertext, size_t bytes, uint8_t out[32]) {
    struct sm2 *sm2 = state;
    uint8_t message[144];
    size_t n = sizeof message;
    if (botan_pk_op_decrypt(sm2->decrypt, message, &n, ciphertext, bytes) != 0 || n != 32)
        return 0;
    memcpy(out, message, 32);
    return 1;
}

const struct peers_library peers_botan = {
    version,    cipher_new, cipher_key, cipher_run, cipher_free, mac_new,     mac_run,     mac_free, kdf,
    pbkdf2,     sm2_new,    sm2_keygen, sm2_sign,   sm2_verify,  sm2_ecdh,    sm2_encrypt, sm2_decrypt,
    sm2_free,
};
