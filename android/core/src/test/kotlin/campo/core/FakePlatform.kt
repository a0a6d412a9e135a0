package campo.core

import java.util.concurrent.ConcurrentHashMap

/** A platform that a test turns by hand. */
class FakePlatform {
    @Volatile
    var there = true

    @Volatile
    var throws = false

    val wanted = java.util.Collections.synchronizedList(mutableListOf<Boolean>())
    private val secrets = ConcurrentHashMap<String, String>()

    fun asPlatform() = Platform(Clock(), Secrets(), Network(), Jobs())

    private inner class Clock : ClockSource {
        override fun read(): ClockReading {
            check(!throws) { "the clocks are broken" }
            return ClockReading(System.currentTimeMillis() * 1000, System.nanoTime() / 1000, "boot", "America/Bogota", -18000, true)
        }
    }

    private inner class Secrets : SecretStore {
        override fun get(name: String): String? = secrets[name]

        override fun set(name: String, value: String) {
            secrets[name] = value
        }

        override fun remove(name: String) {
            secrets.remove(name)
        }
    }

    private inner class Network : NetworkState {
        override fun isThere(): Boolean = there
    }

    private inner class Jobs : JobScheduler {
        override fun wanted(waits: Boolean) {
            wanted += waits
            check(!throws) { "the scheduler is broken" }
        }
    }
}
