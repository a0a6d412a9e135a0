package campo.ui

import androidx.compose.ui.graphics.ImageBitmap
import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.util.zip.CRC32
import java.util.zip.DeflaterOutputStream

/** A picture as PNG, grey: what a signature needs, the same on every platform. */
fun png(image: ImageBitmap): ByteArray {
    val pixels = IntArray(image.width * image.height)
    image.readPixels(pixels)
    val packed = ByteArrayOutputStream()
    DeflaterOutputStream(packed).use { deflater ->
        for (row in 0 until image.height) {
            // Each row begins with its filter: none
            deflater.write(0)
            for (column in 0 until image.width) {
                val pixel = pixels[row * image.width + column]
                val grey = ((pixel shr 16 and 0xFF) * 299 + (pixel shr 8 and 0xFF) * 587 + (pixel and 0xFF) * 114) / 1000
                deflater.write(grey)
            }
        }
    }
    val header = ByteArrayOutputStream()
    DataOutputStream(header).run {
        writeInt(image.width)
        writeInt(image.height)
        // 8 bits, grey, and the only methods that there are
        write(byteArrayOf(8, 0, 0, 0, 0))
    }
    val file = ByteArrayOutputStream()
    file.write(byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A))
    file.chunk("IHDR", header.toByteArray())
    file.chunk("IDAT", packed.toByteArray())
    file.chunk("IEND", ByteArray(0))
    return file.toByteArray()
}

private fun ByteArrayOutputStream.chunk(type: String, data: ByteArray) {
    val named = type.toByteArray(Charsets.US_ASCII) + data
    DataOutputStream(this).run {
        writeInt(data.size)
        write(named)
        writeInt(CRC32().apply { update(named) }.value.toInt())
    }
}
