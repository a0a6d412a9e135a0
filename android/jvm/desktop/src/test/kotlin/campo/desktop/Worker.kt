package campo.desktop

import campo.core.Here
import kotlinx.coroutines.CoroutineScope
import java.awt.BasicStroke
import java.awt.Color
import java.awt.RenderingHints
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO
import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.sin

/** A desk whose camera sees a gauge. */
class DeskWithCamera(desk: Desk, scope: CoroutineScope, place: Here?) : DeskDevice(desk, scope, place) {
    private var taken = 0

    override suspend fun takePhoto(): File = newFile("gauge.jpg").also { ImageIO.write(gauge(taken++), "jpg", it) }
}

/** A picture of a gauge; another one each time. */
private fun gauge(number: Int): BufferedImage {
    val image = BufferedImage(640, 640, BufferedImage.TYPE_INT_RGB)
    image.createGraphics().run {
        setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON)
        color = Color(0xB9, 0xC2, 0xBB)
        fillRect(0, 0, 640, 640)
        color = Color(0x47, 0x57, 0x50)
        fillOval(90, 90, 460, 460)
        color = Color(0xF2, 0xF0, 0xE8)
        fillOval(120, 120, 400, 400)
        color = Color(0x22, 0x26, 0x20)
        stroke = BasicStroke(6f)
        for (mark in 0..10) {
            val angle = PI * (0.75 + 0.15 * mark)
            drawLine(320 + (170 * cos(angle)).toInt(), 320 + (170 * sin(angle)).toInt(), 320 + (190 * cos(angle)).toInt(), 320 + (190 * sin(angle)).toInt())
        }
        color = Color(0x98, 0x19, 0x3A)
        stroke = BasicStroke(10f)
        val angle = PI * (1.1 + 0.13 * number)
        drawLine(320, 320, 320 + (160 * cos(angle)).toInt(), 320 + (160 * sin(angle)).toInt())
        dispose()
    }
    return image
}
