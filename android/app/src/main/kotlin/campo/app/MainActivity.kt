package campo.app

import android.Manifest
import android.content.Intent
import android.os.Build
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.OnBackPressedCallback
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.Font
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.lifecycle.lifecycleScope
import campo.core.Phone
import campo.core.PhoneLanguage
import campo.platform.Notifications
import campo.ui.CampoApp
import campo.ui.Opened
import campo.ui.theme.CampoTheme
import kotlinx.coroutines.CompletableDeferred
import java.io.File
import campo.ui.R as UiR

class MainActivity : ComponentActivity() {
    private var opened by mutableStateOf(Opened())
    private var photographed: CompletableDeferred<Boolean>? = null
    private var answered: CompletableDeferred<Boolean>? = null

    private val camera = registerForActivityResult(ActivityResultContracts.TakePicture()) { photographed?.complete(it) }
    private val permission = registerForActivityResult(ActivityResultContracts.RequestPermission()) { answered?.complete(it) }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        take(intent)
        val application = application as CampoApplication
        val device = AndroidDevice(this, application.network, lifecycleScope, ::photograph, ::ask)
        setContent {
            val phone by produceState<Phone?>(null) { value = application.phone() }
            CampoTheme(inter) {
                val ready = phone
                if (ready != null) {
                    Box(Modifier.safeDrawingPadding()) { CampoApp(ready, device, language(), opened, ::backBy) }
                }
            }
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        take(intent)
    }

    private fun take(intent: Intent) {
        val link = intent.dataString?.let(Opened::ofCode)
        val task = intent.getStringExtra(Notifications.TASK)
        opened = link ?: if (task != null) Opened(task = task) else Opened()
    }

    private fun backBy(back: () -> Boolean) {
        val callback = object : OnBackPressedCallback(true) {
            override fun handleOnBackPressed() {
                if (!back()) {
                    isEnabled = false
                    onBackPressedDispatcher.onBackPressed()
                    isEnabled = true
                }
            }
        }
        onBackPressedDispatcher.addCallback(this, callback)
    }

    private suspend fun photograph(file: File): Boolean {
        val taken = CompletableDeferred<Boolean>().also { photographed = it }
        camera.launch(androidx.core.content.FileProvider.getUriForFile(this, "$packageName.files", file))
        return taken.await()
    }

    /** Asks for a permission at the moment at which it is needed. */
    private suspend fun ask(name: String): Boolean {
        if (name == Manifest.permission.POST_NOTIFICATIONS && Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return true
        val answer = CompletableDeferred<Boolean>().also { answered = it }
        permission.launch(name)
        return answer.await()
    }

    private fun language(): PhoneLanguage {
        val english = resources.configuration.locales[0].language == "en"
        return if (english) PhoneLanguage.ENGLISH else PhoneLanguage.SPANISH
    }

    private companion object {
        val inter = FontFamily(
            Font(UiR.font.inter_regular, FontWeight.Normal),
            Font(UiR.font.inter_medium, FontWeight.Medium),
            Font(UiR.font.inter_semibold, FontWeight.SemiBold),
        )
    }
}
