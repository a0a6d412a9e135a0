package campo.app

import android.Manifest
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.graphics.BitmapFactory
import android.net.Uri
import android.os.Build
import android.os.PowerManager
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import campo.core.Here
import campo.core.Labelled
import campo.core.PhoneModel
import campo.core.Position
import campo.platform.AndroidNetwork
import campo.platform.Positions
import campo.ui.Device
import campo.ui.Texts
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import java.io.File

/** The phone around the screens. */
class AndroidDevice(
    private val context: Context,
    network: AndroidNetwork,
    scope: CoroutineScope,
    private val photograph: suspend (File) -> Boolean,
    private val ask: suspend (String) -> Boolean,
) : Device {
    private val positions = Positions(context)
    private val ticks = MutableStateFlow(0L)

    init {
        scope.launch {
            while (true) {
                delay(20_000)
                ticks.value += 1
            }
        }
    }

    override val model = PhoneModel("android", "${Build.MANUFACTURER} ${Build.MODEL}", Build.VERSION.RELEASE, "0.1.0")
    override val online: StateFlow<Boolean> = network.online
    override val minutes: StateFlow<Long> = ticks

    // The phone's own camera app reads the code and opens the link: no camera permission is asked for
    override val canScan = false

    override suspend fun position(): Position? {
        if (!positions.isAllowed && !ask(Manifest.permission.ACCESS_FINE_LOCATION)) return null
        return positions.fix()
    }

    override fun lastKnown(): Here? = positions.lastKnown()

    override suspend fun takePhoto(): File? {
        val file = newFile("photo.jpg")
        if (photograph(file) && file.length() > 0) return file
        file.delete()
        return null
    }

    override fun newFile(name: String): File {
        val folder = File(context.filesDir, "campo/new").apply { mkdirs() }
        return File.createTempFile("taken", "-$name", folder)
    }

    override suspend fun scanCode(): String? = null

    override fun picture(bytes: ByteArray): ImageBitmap? {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeByteArray(bytes, 0, bytes.size, size)
        val options = BitmapFactory.Options().apply { inSampleSize = (maxOf(size.outWidth, size.outHeight) / LONGEST).coerceAtLeast(1) }
        return BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options)?.asImageBitmap()
    }

    override fun openMap(place: Here, label: String) =
        open(Intent.ACTION_VIEW, "geo:${place.latitude},${place.longitude}?q=${place.latitude},${place.longitude}(${Uri.encode(label)})")

    override fun call(number: String) = open(Intent.ACTION_DIAL, "tel:${Uri.encode(number)}")

    override fun share(text: String) {
        val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text)
        context.startActivity(Intent.createChooser(send, null))
    }

    override fun hints(texts: Texts): List<Labelled> {
        val power = context.getSystemService(PowerManager::class.java)
        val free = power.isIgnoringBatteryOptimizations(context.packageName)
        val spanish = texts.tag == "es"
        val value = when {
            free && spanish -> "El ahorro de batería no detiene la aplicación"
            free -> "The battery saver does not stop the app"
            spanish -> "El ahorro de batería de ${Build.MANUFACTURER} puede detener los envíos mientras la aplicación está cerrada. Ábrala para enviar."
            else -> "The battery saver of ${Build.MANUFACTURER} can stop sending while the app is closed. Open it to send."
        }
        return listOf(Labelled(Build.MANUFACTURER, value))
    }

    private fun open(action: String, address: String) {
        try {
            context.startActivity(Intent(action, Uri.parse(address)))
        } catch (_: ActivityNotFoundException) {
            // There is no such app on this phone: nothing happens, as with any link
        }
    }

    private companion object {
        const val LONGEST = 1600
    }
}
