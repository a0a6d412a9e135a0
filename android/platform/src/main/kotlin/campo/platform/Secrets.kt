package campo.platform

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.util.Base64
import campo.core.PlatformException
import campo.core.SecretStore
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** Seals text with a key that does not leave the phone. Behind an interface: where there is no keystore, tests have one. */
interface Seal {
    fun seal(text: String): String

    fun open(sealed: String): String
}

/** AES-GCM under a key of the keystore, which the hardware keeps where there is such hardware. */
class KeystoreSeal : Seal {
    override fun seal(text: String): String {
        val cipher = Cipher.getInstance(TRANSFORMATION).apply { init(Cipher.ENCRYPT_MODE, key()) }
        val sealed = cipher.iv + cipher.doFinal(text.toByteArray())
        return Base64.encodeToString(sealed, Base64.NO_WRAP)
    }

    override fun open(sealed: String): String {
        val bytes = Base64.decode(sealed, Base64.NO_WRAP)
        val parameters = GCMParameterSpec(128, bytes, 0, NONCE_BYTES)
        val cipher = Cipher.getInstance(TRANSFORMATION).apply { init(Cipher.DECRYPT_MODE, key(), parameters) }
        return String(cipher.doFinal(bytes, NONCE_BYTES, bytes.size - NONCE_BYTES))
    }

    private fun key(): SecretKey {
        val store = KeyStore.getInstance(PROVIDER).apply { load(null) }
        (store.getKey(NAME, null) as? SecretKey)?.let { return it }
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(NAME, purposes)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).apply { init(spec) }.generateKey()
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val NAME = "campo"
        const val NONCE_BYTES = 12
    }
}

/** Secrets, sealed, in preferences that no backup takes. What cannot be opened any more is none: the phone enrols again. */
class SealedSecrets(context: Context, private val seal: Seal) : SecretStore {
    private val kept = context.getSharedPreferences("campo-secrets", Context.MODE_PRIVATE)

    override fun get(name: String): String? {
        val sealed = kept.getString(name, null) ?: return null
        return try {
            seal.open(sealed)
        } catch (_: GeneralSecurityException) {
            null
        }
    }

    override fun set(name: String, value: String) {
        val sealed = try {
            seal.seal(value)
        } catch (failure: GeneralSecurityException) {
            throw PlatformException.Failed(failure.message.orEmpty())
        }
        // Durable before the core goes on
        if (!kept.edit().putString(name, sealed).commit()) throw PlatformException.Failed("the secret was not kept")
    }

    override fun remove(name: String) {
        if (!kept.edit().remove(name).commit()) throw PlatformException.Failed("the secret was not removed")
    }
}
