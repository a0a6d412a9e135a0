package campo.desktop

import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import campo.core.Here
import campo.core.Labelled
import campo.core.PhoneModel
import campo.core.Position
import campo.ui.Device
import campo.ui.Texts
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.jetbrains.skia.Image
import java.awt.Desktop
import java.awt.FileDialog
import java.awt.Frame
import java.awt.Toolkit
import java.awt.datatransfer.StringSelection
import java.io.File
import java.net.URI

/** A desk in the place of a phone: pictures are chosen, positions are told, what is shared goes to the clipboard. */
open class DeskDevice(private val desk: Desk, scope: CoroutineScope, var place: Here?) : Device {
    private val ticks = MutableStateFlow(0L)

    init {
        scope.launch(Dispatchers.Default) {
            while (true) {
                delay(20_000)
                ticks.value += 1
            }
        }
    }

    override val model = PhoneModel("desk", System.getProperty("os.name"), System.getProperty("os.version"), "0.1.0")
    override val online: StateFlow<Boolean> = desk.online
    override val minutes: StateFlow<Long> = ticks
    override val canScan = false

    override suspend fun position(): Position? = place?.let { Position(it.latitude, it.longitude, 8.0, "desk", null) }

    override fun lastKnown(): Here? = place

    override suspend fun takePhoto(): File? = withContext(Dispatchers.IO) {
        val dialog = FileDialog(null as Frame?, "", FileDialog.LOAD)
        dialog.isVisible = true
        val chosen = dialog.files.firstOrNull() ?: return@withContext null
        // The core moves the file away: it gets a copy
        chosen.copyTo(newFile(chosen.name), overwrite = true)
    }

    override fun newFile(name: String): File {
        val folder = File(desk.folder, "new").apply { mkdirs() }
        return File.createTempFile("taken", "-$name", folder)
    }

    override suspend fun scanCode(): String? = null

    override fun picture(bytes: ByteArray): ImageBitmap? =
        runCatching { Image.makeFromEncoded(bytes).toComposeImageBitmap() }.getOrNull()

    override fun openMap(place: Here, label: String) =
        browse("https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=17/${place.latitude}/${place.longitude}")

    override fun call(number: String) = browse("tel:${number.filter { it.isDigit() || it == '+' }}")

    override fun share(text: String) {
        runCatching { Toolkit.getDefaultToolkit().systemClipboard.setContents(StringSelection(text), null) }
    }

    override fun hints(texts: Texts): List<Labelled> = emptyList()

    private fun browse(address: String) {
        runCatching { Desktop.getDesktop().browse(URI(address)) }
    }
}
