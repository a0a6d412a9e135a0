// How each kind of question is answered: big controls, one hand, gloves.
package campo.ui.screens

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.PathEffect
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import campo.core.Choice
import campo.core.MentionedPhoto
import campo.core.Question
import campo.core.QuestionKind
import campo.ui.LocalShell
import campo.ui.Texts
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Fact
import campo.ui.parts.Field
import campo.ui.parts.Target
import campo.ui.parts.isLargeText
import campo.ui.theme.Campo
import campo.ui.theme.Icons

@Composable
internal fun QuestionBody(editor: FormEditor, question: Question) {
    when (question.kind) {
        QuestionKind.TEXT -> TextAnswer(editor, question)
        QuestionKind.NUMBER -> NumberAnswer(editor, question)
        QuestionKind.DATE -> DateAnswer(editor, question)
        QuestionKind.CHOICE, QuestionKind.CHOICES -> Choices(editor, question)
        QuestionKind.LOCATION -> LocationAnswer(editor, question)
        QuestionKind.PHOTO -> Photos(editor, question)
        QuestionKind.SIGNATURE -> SignatureAnswer(editor, question)
        QuestionKind.TABLE -> TableAnswer(editor, question)
    }
}

@Composable
private fun TextAnswer(editor: FormEditor, question: Question) {
    val texts = LocalShell.current.texts
    val value = editor.answer(question.id).value.orEmpty()
    Field(value, { editor.setValue(question.id, it) }, name = question.label, hint = texts.write, lines = 3, capitals = true)
}

@Composable
private fun NumberAnswer(editor: FormEditor, question: Question) {
    val texts = LocalShell.current.texts
    val value = editor.answer(question.id).value.orEmpty()
    Field(
        shownNumber(value, texts),
        { editor.setValue(question.id, typedNumber(it)) },
        name = question.label,
        hint = texts.number,
        number = true,
        style = Campo.type.key,
    )
}

/** Numbers are kept with a point and shown with the language's sign. */
internal fun shownNumber(value: String, texts: Texts): String =
    if (texts.tag == "es") value.replace('.', ',').replace('-', '−') else value.replace('-', '−')

internal fun typedNumber(typed: String): String =
    typed.trim().replace(',', '.').replace('−', '-').filterNot { it.isWhitespace() }

@Composable
private fun Choices(editor: FormEditor, question: Question) {
    val answer = editor.answer(question.id)
    val several = question.kind == QuestionKind.CHOICES
    fun choose(choice: Choice) {
        if (!several) {
            editor.setValue(question.id, choice.value, choice.text)
            return
        }
        val chosen = toggled(question.choices, answer.values, choice)
        editor.set(emptyAnswer(question.id).copy(values = chosen.map { it.value }, texts = chosen.map { it.text }))
    }
    val isChosen = { choice: Choice -> if (several) choice.value in answer.values else choice.value == answer.value }
    ChoiceRows(question.choices, isChosen, several, ::choose)
}

@Composable
internal fun ChoiceRow(text: String, chosen: Boolean, several: Boolean, onClick: () -> Unit) {
    val colors = Campo.colors
    val shape = if (several) RoundedCornerShape(6.dp) else CircleShape
    Row(
        Modifier
            .fillMaxWidth()
            .background(if (chosen) colors.accentTint else colors.surface)
            .clickable(role = if (several) Role.Checkbox else Role.RadioButton, onClick = onClick)
            .semantics { selected = chosen }
            .heightIn(64.dp)
            .padding(16.dp, 8.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Box(
            Modifier
                .size(26.dp)
                .clip(shape)
                .background(if (chosen) colors.actPhone else colors.surface)
                .border(2.dp, if (chosen) colors.actPhone else colors.lineControl, shape),
            Alignment.Center,
        ) {
            if (chosen) androidx.compose.material3.Icon(Icons.Check, null, Modifier.size(18.dp), colors.onActPhone)
        }
        Text(text, Modifier.weight(1f), colors.ink, style = if (chosen) Campo.type.strong else Campo.type.body)
    }
}

@Composable
private fun LocationAnswer(editor: FormEditor, question: Question) {
    val shell = LocalShell.current
    val texts = shell.texts
    val value = editor.answer(question.id).value.orEmpty()
    var unknown by remember(question.id) { mutableStateOf(false) }
    if (value.isNotEmpty()) Fact(value.replace(",", " · "), Icons.MapPin, Campo.colors.ink)
    if (unknown) Fact(texts.positionUnknown, Icons.LocateOff, Campo.colors.notYet.ink)
    CampoButton(texts.takePosition, icon = Icons.Locate, enabled = !shell.busy) {
        shell.act {
            val position = shell.device.position()
            unknown = position == null
            if (position != null) {
                val text = String.format(java.util.Locale.ROOT, "%.6f,%.6f", position.latitude, position.longitude)
                editor.setValue(question.id, text)
            }
        }
    }
}

@Composable
private fun Photos(editor: FormEditor, question: Question) {
    val texts = LocalShell.current.texts
    val files = editor.answer(question.id).files
    val room = question.maximum?.let { files.size < it } ?: true
    val columns = if (isLargeText) 2 else 3
    // None stands for the tile that takes another one
    val tiles: List<String?> = if (room) files + null else files
    tiles.chunked(columns).forEachIndexed { row, inRow ->
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
            inRow.forEachIndexed { column, hash ->
                if (hash == null) {
                    AddPhoto(files.isEmpty(), Modifier.weight(1f)) { photo ->
                        editor.addFile(question.id, photo.copy(field = question.id), only = false)
                    }
                } else {
                    PhotoTile(hash, texts.photoN(row * columns + column + 1), Modifier.weight(1f)) {
                        editor.removeFile(question.id, hash)
                    }
                }
            }
            repeat(columns - inRow.size) { Box(Modifier.weight(1f)) }
        }
    }
}

@Composable
internal fun picture(hash: String): ImageBitmap? {
    val shell = LocalShell.current
    val picture by produceState<ImageBitmap?>(null, hash) {
        value = try {
            shell.phone.file(hash)?.let(shell.device::picture)
        } catch (_: campo.core.CampoException) {
            null
        }
    }
    return picture
}

@Composable
private fun PhotoTile(hash: String, name: String, modifier: Modifier, onRemove: () -> Unit) {
    val texts = LocalShell.current.texts
    val colors = Campo.colors
    val shape = RoundedCornerShape(12.dp)
    Box(modifier.aspectRatio(1f).clip(shape).background(colors.sunken).border(1.dp, colors.line, shape)) {
        val picture = picture(hash)
        if (picture != null) Image(picture, name, Modifier.fillMaxSize(), contentScale = ContentScale.Crop)
        Box(
            Modifier
                .align(Alignment.TopEnd)
                .size(Target)
                .clip(CircleShape)
                .clickable(role = Role.Button, onClick = onRemove)
                .semantics { contentDescription = "${texts.removePhoto}, $name" },
            Alignment.Center,
        ) {
            Box(Modifier.size(36.dp).clip(CircleShape).background(colors.surface), Alignment.Center) {
                CampoIcon(Icons.X, 20, colors.ink)
            }
        }
    }
}

@Composable
internal fun AddPhoto(first: Boolean, modifier: Modifier, onTaken: (MentionedPhoto) -> Unit) {
    val shell = LocalShell.current
    val texts = shell.texts
    val colors = Campo.colors
    Box(
        modifier
            .aspectRatio(1f)
            .clip(RoundedCornerShape(12.dp))
            .background(colors.surface)
            .drawBehind {
                val dash = PathEffect.dashPathEffect(floatArrayOf(5.dp.toPx(), 4.dp.toPx()))
                drawRoundRect(
                    colors.lineControl,
                    cornerRadius = CornerRadius(12.dp.toPx()),
                    style = Stroke(1.5.dp.toPx() * 2, pathEffect = dash),
                )
            }
            .clickable(role = Role.Button) {
                shell.act {
                    val file = shell.device.takePhoto() ?: return@act
                    val held = shell.phone.takeFile(file.path)
                    onTaken(MentionedPhoto(held.hash, held.sizeBytes, null, "image/jpeg"))
                }
            },
        Alignment.Center,
    ) {
        Column(horizontalAlignment = Alignment.CenterHorizontally, verticalArrangement = Arrangement.spacedBy(4.dp)) {
            CampoIcon(Icons.Camera, 26, colors.ink)
            Text(
                if (first) texts.takePhoto else texts.takeAnother,
                color = colors.ink,
                style = Campo.type.secondStrong,
                textAlign = TextAlign.Center,
            )
        }
    }
}
