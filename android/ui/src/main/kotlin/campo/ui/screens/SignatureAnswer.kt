package campo.ui.screens

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.gestures.awaitEachGesture
import androidx.compose.foundation.gestures.awaitFirstDown
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateListOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Canvas
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.Paint
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.PaintingStyle
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.layout.onSizeChanged
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.toSize
import campo.core.MentionedPhoto
import campo.core.Question
import campo.ui.LocalShell
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.SideBySide
import campo.ui.parts.Target
import campo.ui.png
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** A signature, drawn with the finger and kept as a picture: black on white in both themes. */
@Composable
internal fun SignatureAnswer(editor: FormEditor, question: Question) {
    val shell = LocalShell.current
    val texts = shell.texts
    val hash = editor.answer(question.id).files.firstOrNull()
    val strokes = remember(question.id) { mutableStateListOf<List<Offset>>() }
    var size by remember { mutableStateOf(Size.Zero) }
    val shape = RoundedCornerShape(16.dp)
    if (hash != null) {
        Box(Modifier.fillMaxWidth().height(220.dp).clip(shape).background(Color.White).border(1.dp, Campo.colors.line, shape)) {
            picture(hash)?.let { Image(it, texts.signed, Modifier.fillMaxSize(), contentScale = ContentScale.Fit) }
        }
        CampoButton(texts.signAgain, icon = Icons.Eraser) {
            strokes.clear()
            editor.removeFile(question.id, hash)
        }
        return
    }
    Box(
        Modifier
            .fillMaxWidth()
            .height(220.dp)
            .clip(shape)
            .background(Color.White)
            .border(1.5.dp, Campo.colors.lineControl, shape)
            .onSizeChanged { size = it.toSize() }
            .semantics { contentDescription = texts.signHere }
            .pointerInput(question.id) {
                awaitEachGesture {
                    val first = awaitFirstDown()
                    first.consume()
                    strokes += listOf(first.position)
                    do {
                        val event = awaitPointerEvent()
                        for (change in event.changes.filter { it.pressed }) {
                            strokes[strokes.lastIndex] = strokes.last() + change.position
                            change.consume()
                        }
                    } while (event.changes.any { it.pressed })
                }
            }
            .drawBehind {
                for (stroke in strokes) {
                    drawPath(line(stroke), Ink, style = Stroke(3.dp.toPx(), cap = StrokeCap.Round, join = StrokeJoin.Round))
                }
            },
        Alignment.Center,
    ) {
        if (strokes.isEmpty()) Text(texts.signHere, color = Color(0xFF474C43), style = Campo.type.second)
    }
    SideBySide(
        first = { modifier -> CampoButton(texts.delete, modifier, enabled = strokes.isNotEmpty()) { strokes.clear() } },
        second = { modifier ->
            CampoButton(texts.sign, modifier, ButtonLook.Outlined, Icons.Check, enabled = strokes.isNotEmpty() && !shell.busy) {
                shell.act {
                    val file = shell.device.newFile("signature.png")
                    file.writeBytes(png(drawn(strokes, size)))
                    val held = shell.phone.takeFile(file.path)
                    editor.addFile(question.id, MentionedPhoto(held.hash, held.sizeBytes, question.id, "image/png"), only = true)
                }
            }
        },
    )
}

private val Ink = Color(0xFF111111)

private fun line(points: List<Offset>): Path = Path().apply {
    val first = points.first()
    moveTo(first.x, first.y)
    // A dot is a line too
    if (points.size == 1) lineTo(first.x + 0.1f, first.y)
    for (point in points.drop(1)) lineTo(point.x, point.y)
}

private fun drawn(strokes: List<List<Offset>>, size: Size): ImageBitmap {
    val image = ImageBitmap(size.width.toInt().coerceAtLeast(1), size.height.toInt().coerceAtLeast(1))
    val canvas = Canvas(image)
    canvas.drawRect(Rect(Offset.Zero, size), Paint().apply { color = Color.White })
    val pen = Paint().apply {
        color = Ink
        style = PaintingStyle.Stroke
        strokeWidth = size.width / 120
        strokeCap = StrokeCap.Round
        strokeJoin = StrokeJoin.Round
    }
    for (stroke in strokes) canvas.drawPath(line(stroke), pen)
    return image
}
