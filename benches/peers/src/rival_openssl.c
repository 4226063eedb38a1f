/* OpenSSL 3 by EVP; points by the functions on EC_GROUP. What can be fetched and set before, is. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "rival.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

static const char *version(void) { return OpenSSL_version(OPENSSL_VERSION); }

static void *cipher_new(const char *mode, int encrypt, const uint8_t *key, size_t key_bytes) {
    char name[16] = "SM4-";
    (void)key_bytes;
    strncat(name, mode, 8);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int right = cipher && ctx && EVP_CipherInit_ex2(ctx, cipher, key, NULL, encrypt, NULL)
                && EVP_CIPHER_CTX_set_padding(ctx, 0);
    EVP_CIPHER_free(cipher);
    if (right)
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

static int cipher_key(void *ctx, const uint8_t *key, size_t key_bytes) {
    (void)key_bytes;
    return EVP_CipherInit_ex2(ctx, NULL, key, NULL, -1, NULL);
}

static int cipher_run(void *ctx, const uint8_t *iv, size_t iv_bytes, uint8_t *data, size_t bytes,
                      uint8_t *tag) {
    int out;
    (void)iv_bytes, (void)tag;
    return EVP_CipherInit_ex2(ctx, NULL, NULL, iv, -1, NULL)
           && EVP_CipherUpdate(ctx, data, &out, data, (int)bytes) && (size_t)out == bytes;
}

static void cipher_free(void *ctx) { EVP_CIPHER_CTX_free(ctx); }

struct mac {
    EVP_MD_CTX *hash;
    EVP_MAC_CTX *mac;
};

static void mac_free(void *state) {
    struct mac *mac = state;
    EVP_MD_CTX_free(mac->hash);
    EVP_MAC_CTX_free(mac->mac);
    free(mac);
}

static void *mac_new(const char *name, const uint8_t *key, size_t key_bytes) {
    struct mac *state = calloc(1, sizeof *state);
    int right = 0;
    if (strcmp(name, "sm3") == 0) {
        state->hash = EVP_MD_CTX_new();
        right = state->hash && EVP_DigestInit_ex2(state->hash, EVP_sm3(), NULL);
    } else {
        int hmac = strcmp(name, "hmac") == 0;
        EVP_MAC *mac = EVP_MAC_fetch(NULL, hmac ? "HMAC" : "CMAC", NULL);
        const char *which = hmac ? OSSL_MAC_PARAM_DIGEST : OSSL_MAC_PARAM_CIPHER;
        char of[8];
        strcpy(of, hmac ? "SM3" : "SM4-CBC");
        OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(which, of, 0), OSSL_PARAM_construct_end()};
        state->mac = mac ? EVP_MAC_CTX_new(mac) : NULL;
        right = state->mac && EVP_MAC_init(state->mac, key, key_bytes, params);
        EVP_MAC_free(mac);
    }
    if (right)
        return state;
    mac_free(state);
    return NULL;
}

static int mac_run(void *state, const uint8_t *data, size_t bytes, uint8_t *out) {
    struct mac *mac = state;
    size_t n;
    if (mac->hash)
        return EVP_DigestInit_ex2(mac->hash, NULL, NULL) && EVP_DigestUpdate(mac->hash, data, bytes)
               && EVP_DigestFinal_ex(mac->hash, out, NULL);
    return EVP_MAC_init(mac->mac, NULL, 0, NULL) && EVP_MAC_update(mac->mac, data, bytes)
           && EVP_MAC_final(mac->mac, out, &n, 32);
}

static int kdf(const uint8_t *z, size_t z_bytes, uint8_t *out, size_t bytes) {
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "X963KDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    char sm3[] = "SM3";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sm3, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)z, z_bytes),
                           OSSL_PARAM_construct_end()};
    int done = EVP_KDF_derive(ctx, out, bytes, params);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return done;
}

static int pbkdf2(const uint8_t *password, size_t password_bytes, const uint8_t *salt, size_t salt_bytes,
                  uint32_t iterations, uint8_t *out, size_t bytes) {
    return PKCS5_PBKDF2_HMAC((const char *)password, (int)password_bytes, salt, (int)salt_bytes,
                             (int)iterations, EVP_sm3(), (int)bytes, out);
}

struct sm2 {
    EC_GROUP *group;
    BN_CTX *numbers;
    BIGNUM *d, *x;
    EC_POINT *own, *peer, *made;
    EVP_PKEY *key;
    EVP_PKEY_CTX *sign, *verify, *encrypt, *decrypt;
};

static void sm2_free(void *state) {
    struct sm2 *sm2 = state;
    EVP_PKEY_CTX_free(sm2->sign);
    EVP_PKEY_CTX_free(sm2->verify);
    EVP_PKEY_CTX_free(sm2->encrypt);
    EVP_PKEY_CTX_free(sm2->decrypt);
    EVP_PKEY_free(sm2->key);
    EC_POINT_free(sm2->own);
    EC_POINT_free(sm2->peer);
    EC_POINT_free(sm2->made);
    BN_free(sm2->d);
    BN_free(sm2->x);
    BN_CTX_free(sm2->numbers);
    EC_GROUP_free(sm2->group);
    free(sm2);
}

static int sm2_keygen(void *state, uint8_t out[65]) {
    struct sm2 *sm2 = state;
    return EC_POINT_mul(sm2->group, sm2->made, sm2->d, NULL, NULL, sm2->numbers)
           && EC_POINT_point2oct(sm2->group, sm2->made, POINT_CONVERSION_UNCOMPRESSED, out, 65,
                                 sm2->numbers) == 65;
}

/* The key as EVP wants it. */
static EVP_PKEY *evp_key(const uint8_t d[32], uint8_t public_key[65]) {
    uint8_t native[32];
    for (int i = 0; i < 32; i++) /* this shim is for little-endian machines */
        native[i] = d[31 - i];
    char group[] = "SM2";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, public_key, 65),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, 32),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0
        || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static void *sm2_new(const uint8_t d[32], const uint8_t peer[65]) {
    struct sm2 *sm2 = calloc(1, sizeof *sm2);
    uint8_t own[65];
    sm2->group = EC_GROUP_new_by_curve_name(NID_sm2);
    sm2->numbers = BN_CTX_new();
    sm2->d = BN_bin2bn(d, 32, NULL);
    sm2->x = BN_new();
    sm2->peer = EC_POINT_new(sm2->group);
    sm2->made = EC_POINT_new(sm2->group);
    if (sm2_keygen(sm2, own) && EC_POINT_oct2point(sm2->group, sm2->peer, peer, 65, sm2->numbers))
        sm2->key = evp_key(d, own);
    EVP_PKEY_CTX **all[] = {&sm2->sign, &sm2->verify, &sm2->encrypt, &sm2->decrypt};
    for (int i = 0; i < 4; i++)
        *all[i] = EVP_PKEY_CTX_new_from_pkey(NULL, sm2->key, NULL);
    if (sm2->key && EVP_PKEY_sign_init(sm2->sign) > 0 && EVP_PKEY_verify_init(sm2->verify) > 0
        && EVP_PKEY_encrypt_init(sm2->encrypt) > 0 && EVP_PKEY_decrypt_init(sm2->decrypt) > 0)
        return sm2;
    sm2_free(sm2);
    return NULL;
}

static int sm2_sign(void *state, const uint8_t e[32], uint8_t *out) {
    size_t n = 72;
    return EVP_PKEY_sign(((struct sm2 *)state)->sign, out, &n, e, 32) > 0;
}

static int sm2_verify(void *state, const uint8_t e[32], const uint8_t *signature, size_t bytes) {
    return EVP_PKEY_verify(((struct sm2 *)state)->verify, signature, bytes, e, 32) > 0;
}

static int sm2_ecdh(void *state, uint8_t out[32]) {
    struct sm2 *sm2 = state;
    return EC_POINT_mul(sm2->group, sm2->made, NULL, sm2->peer, sm2->d, sm2->numbers)
           && EC_POINT_get_affine_coordinates(sm2->group, sm2->made, sm2->x, NULL, sm2->numbers)
           && BN_bn2binpad(sm2->x, out, 32) == 32;
}

static int sm2_encrypt(void *state, const uint8_t message[32], uint8_t *out) {
    size_t n = 144;
    return EVP_PKEY_encrypt(((struct sm2 *)state)->encrypt, out, &n, message, 32) > 0;
}

static int sm2_decrypt(void *state, const uint8_t *ciphertext, size_t bytes, uint8_t out[32]) {
    size_t n = 32;
    return EVP_PKEY_decrypt(((struct sm2 *)state)->decrypt, out, &n, ciphertext, bytes) > 0 && n == 32;
}

const struct peers_library peers_openssl = {
    version,    cipher_new, cipher_key, cipher_run, cipher_free, mac_new,     mac_run,     mac_free, kdf,
    pbkdf2,     sm2_new,    sm2_keygen, sm2_sign,   sm2_verify,  sm2_ecdh,    sm2_encrypt, sm2_decrypt,
    sm2_free,
};
