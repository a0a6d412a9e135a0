package campo.ui

import androidx.compose.ui.graphics.ImageBitmap
import campo.core.Here
import campo.core.Labelled
import campo.core.PhoneModel
import campo.core.Position
import kotlinx.coroutines.flow.StateFlow
import java.io.File

/** What the screens ask of the phone around them. Android, the desk and tests each have one. */
interface Device {
    val model: PhoneModel

    /** False while the platform says that there is no network. */
    val online: StateFlow<Boolean>

    /** A new value now and then, at least each minute: what screens say of "since" goes on with it. */
    val minutes: StateFlow<Long>

    /** Where the phone is, for a capture; none without a fix, or where the person refused it. */
    suspend fun position(): Position?

    /** Where the phone was last, for distances; never waits. */
    fun lastKnown(): Here?

    /** Takes a photo into a file that the core may move away; none where the person gave up. */
    suspend fun takePhoto(): File?

    /** A file that can be written and then given to the core, such as a signature. */
    fun newFile(name: String): File

    /** Reads a QR code; none where the person gave up, or where there is no camera. */
    suspend fun scanCode(): String?

    val canScan: Boolean

    /** The picture in these bytes, no larger than needed. */
    fun picture(bytes: ByteArray): ImageBitmap?

    fun openMap(place: Here, label: String)

    fun call(number: String)

    fun share(text: String)

    /** What this phone's maker does to apps, label and advice. */
    fun hints(texts: Texts): List<Labelled>
}
