/* Crypto++ 8. It has no SM2. */
#include <cryptopp/ccm.h>
#include <cryptopp/cmac.h>
#include <cryptopp/cryptlib.h>
#include <cryptopp/gcm.h>
#include <cryptopp/hmac.h>
#include <cryptopp/modes.h>
#include <cryptopp/pubkey.h>
#include <cryptopp/pwdbased.h>
#include <cryptopp/sm3.h>
#include <cryptopp/sm4.h>
#include <cryptopp/xts.h>
#include <cstring>
#include <memory>
#include <string>

extern "C" {
#include "rival.h"
}

using namespace CryptoPP;

namespace {

const char *version() {
    static const std::string text = "Crypto++ " + std::to_string(LibraryVersion() / 100) + "."
                                    + std::to_string(LibraryVersion() / 10 % 10) + "."
                                    + std::to_string(LibraryVersion() % 10);
    return text.c_str();
}

struct Cipher {
    std::unique_ptr<SymmetricCipher> mode;
    std::unique_ptr<AuthenticatedSymmetricCipher> aead;

    SimpleKeyingInterface &any() {
        if (aead)
            return *aead;
        return *mode;
    }
};

/* Only those for whom IVs are all zeros at first take none with the key. */
const byte ZERO[16] = {};

int cipher_key(void *state, const uint8_t *key, size_t bytes) {
    auto &cipher = static_cast<Cipher *>(state)->any();
    if (cipher.IsResynchronizable())
        cipher.SetKeyWithIV(key, bytes, ZERO, static_cast<Cipher *>(state)->aead ? 12 : 16);
    else
        cipher.SetKey(key, bytes);
    return 1;
}

void *cipher_new(const char *name, int encrypt, const uint8_t *key, size_t bytes) {
    const std::string mode = name;
    auto state = std::make_unique<Cipher>();
    if (mode == "ecb" && encrypt)
        state->mode.reset(new ECB_Mode<SM4>::Encryption);
    else if (mode == "ctr")
        state->mode.reset(new CTR_Mode<SM4>::Encryption);
    else if (mode == "cbc" && encrypt)
        state->mode.reset(new CBC_Mode<SM4>::Encryption);
    else if (mode == "cbc")
        state->mode.reset(new CBC_Mode<SM4>::Decryption);
    else if (mode == "xts" && encrypt)
        state->mode.reset(new XTS_Mode<SM4>::Encryption);
    else if (mode == "gcm" && encrypt)
        state->aead.reset(new GCM<SM4>::Encryption);
    else if (mode == "ccm" && encrypt)
        state->aead.reset(new CCM<SM4, 16>::Encryption);
    else
        return nullptr;
    cipher_key(state.get(), key, bytes);
    return state.release();
}

int cipher_run(void *state, const uint8_t *iv, size_t iv_bytes, uint8_t *data, size_t bytes, uint8_t *tag) {
    auto cipher = static_cast<Cipher *>(state);
    if (cipher->aead) {
        cipher->aead->EncryptAndAuthenticate(data, tag, 16, iv, static_cast<int>(iv_bytes), nullptr, 0, data,
                                             bytes);
    } else {
        if (cipher->mode->IsResynchronizable())
            cipher->mode->Resynchronize(iv, static_cast<int>(iv_bytes));
        cipher->mode->ProcessData(data, data, bytes);
    }
    return 1;
}

void cipher_free(void *state) { delete static_cast<Cipher *>(state); }

void *mac_new(const char *name, const uint8_t *key, size_t bytes) {
    const std::string which = name;
    if (which == "sm3")
        return static_cast<HashTransformation *>(new SM3);
    if (which == "hmac")
        return static_cast<HashTransformation *>(new HMAC<SM3>(key, bytes));
    return static_cast<HashTransformation *>(new CMAC<SM4>(key, bytes));
}

int mac_run(void *state, const uint8_t *data, size_t bytes, uint8_t *out) {
    static_cast<HashTransformation *>(state)->CalculateDigest(out, data, bytes);
    return 1;
}

void mac_free(void *state) { delete static_cast<HashTransformation *>(state); }

int kdf(const uint8_t *z, size_t z_bytes, uint8_t *out, size_t bytes) {
    P1363_KDF2<SM3>::DeriveKey(out, bytes, z, z_bytes, nullptr, 0);
    return 1;
}

int pbkdf2(const uint8_t *password, size_t password_bytes, const uint8_t *salt, size_t salt_bytes,
           uint32_t iterations, uint8_t *out, size_t bytes) {
    PKCS5_PBKDF2_HMAC<SM3>().DeriveKey(out, bytes, 0, password, password_bytes, salt, salt_bytes, iterations);
    return 1;
}

} // namespace

extern "C" {
extern const struct peers_library peers_cryptopp;
const struct peers_library peers_cryptopp = {
    version, cipher_new, cipher_key, cipher_run, cipher_free, mac_new, mac_run, mac_free, kdf,
    pbkdf2,  nullptr,    nullptr,    nullptr,    nullptr,     nullptr, nullptr, nullptr,  nullptr,
};
}
