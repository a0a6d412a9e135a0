package campo.platform

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import android.os.Handler
import android.os.Looper
import campo.core.NetworkState
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** Whether there is a network, as the system says, and the news of it. */
class AndroidNetwork(context: Context) : NetworkState {
    private val connectivity = context.getSystemService(ConnectivityManager::class.java)
    private val there = MutableStateFlow(true)
    val online: StateFlow<Boolean> = there.asStateFlow()

    /** Called when a network came, went or changed; on the main thread. */
    var onChange: () -> Unit = {}

    init {
        there.value = now()
        connectivity.registerDefaultNetworkCallback(
            object : ConnectivityManager.NetworkCallback() {
                override fun onAvailable(network: Network) = tell(true)

                override fun onLost(network: Network) = tell(false)

                override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) = tell(true)
            },
            Handler(Looper.getMainLooper()),
        )
    }

    override fun isThere(): Boolean = there.value

    private fun now(): Boolean {
        val capabilities = connectivity.getNetworkCapabilities(connectivity.activeNetwork)
        return capabilities?.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) == true
    }

    private fun tell(isThere: Boolean) {
        if (there.value == isThere) return
        there.value = isThere
        onChange()
    }
}
