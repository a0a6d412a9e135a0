package campo.ui.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import campo.core.AnswerRow
import campo.core.Cell
import campo.core.Question
import campo.core.QuestionKind
import campo.core.TableColumn
import campo.ui.LocalShell
import campo.ui.parts.CampoButton
import campo.ui.parts.Card
import campo.ui.parts.Choosing
import campo.ui.parts.FaultLine
import campo.ui.parts.Field
import campo.ui.parts.Hairline
import campo.ui.parts.Sheet
import campo.ui.parts.SideBySide
import campo.ui.parts.isLargeText
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** Rows of further questions: a grid where they are few and short, cards otherwise and where the text is large. */
@Composable
internal fun TableAnswer(editor: FormEditor, question: Question) {
    val texts = LocalShell.current.texts
    val rows = editor.rows(question.id)
    val short = question.columns.all { it.kind == QuestionKind.TEXT || it.kind == QuestionKind.NUMBER }
    if (rows.isNotEmpty()) {
        if (short && question.columns.size <= 3 && !isLargeText) Grid(editor, question) else Cards(editor, question)
    }
    val room = question.maximum?.let { rows.size < it } ?: true
    val add = @Composable { modifier: Modifier ->
        CampoButton(texts.addRow, modifier, icon = Icons.Plus, enabled = room) {
            editor.setRows(question.id, rows + AnswerRow(question.columns.map { emptyCell(it.id) }))
        }
    }
    var asking by remember(question.id) { mutableStateOf(false) }
    val remove = @Composable { modifier: Modifier ->
        CampoButton(texts.remove, modifier, icon = Icons.Trash2) {
            if (rows.size == 1) removeRow(editor, question, 0) else asking = true
        }
    }
    if (rows.isEmpty()) add(Modifier) else SideBySide(first = remove, second = add)
    if (asking) WhichRow(editor, question) { asking = false }
}

/** Asks which row to remove. */
@Composable
private fun WhichRow(editor: FormEditor, question: Question, onDone: () -> Unit) {
    val texts = LocalShell.current.texts
    val choices = editor.rows(question.id).mapIndexed { index, row ->
        val first = question.columns.firstOrNull()?.id
        val named = row.cells.find { it.field == first }
        Triple("$index", named?.text ?: named?.value?.ifEmpty { null } ?: texts.row(index + 1), texts.row(index + 1))
    }
    Choosing(texts.whichRow, choices, onGiveUp = onDone) { index ->
        onDone()
        removeRow(editor, question, index.toInt())
    }
}

@Composable
private fun Grid(editor: FormEditor, question: Question) {
    val texts = LocalShell.current.texts
    val colors = Campo.colors
    val shape = RoundedCornerShape(16.dp)
    Column(Modifier.fillMaxWidth().clip(shape).background(colors.surface).border(1.dp, colors.line, shape)) {
        Row(Modifier.fillMaxWidth().padding(14.dp, 8.dp, 8.dp, 6.dp), Arrangement.spacedBy(8.dp)) {
            for (column in question.columns) {
                Text(
                    column.label,
                    Modifier.weight(weight(column)),
                    colors.ink2,
                    style = Campo.type.second,
                    textAlign = if (column.kind == QuestionKind.NUMBER) TextAlign.End else TextAlign.Start,
                )
            }
        }
        editor.rows(question.id).forEachIndexed { index, _ ->
            Hairline()
            Row(
                Modifier.fillMaxWidth().padding(8.dp),
                Arrangement.spacedBy(8.dp),
                Alignment.CenterVertically,
            ) {
                for (column in question.columns) {
                    CellField(editor, question, index, column, Modifier.weight(weight(column)), shown = false)
                }
            }
            for (fault in editor.faults(question).filter { it.row?.toInt() == index }) {
                FaultLine(fault.text, Modifier.padding(14.dp, 0.dp, 14.dp, 10.dp))
            }
        }
    }
}

private fun weight(column: TableColumn) = if (column.kind == QuestionKind.TEXT) 1.4f else 1f

private fun removeRow(editor: FormEditor, question: Question, row: Int) =
    editor.setRows(question.id, editor.rows(question.id).filterIndexed { index, _ -> index != row })

@Composable
private fun Cards(editor: FormEditor, question: Question) {
    val texts = LocalShell.current.texts
    editor.rows(question.id).forEachIndexed { index, _ ->
        Card {
            Text(texts.row(index + 1), color = Campo.colors.ink, style = Campo.type.strong)
            for (column in question.columns) CellField(editor, question, index, column, Modifier, shown = true)
            for (fault in editor.faults(question).filter { it.row?.toInt() == index }) FaultLine(fault.text)
        }
    }
}

/** Chooses several of some; each tap is kept at once. */
@Composable
private fun SeveralChoices(column: TableColumn, cell: Cell, onDone: () -> Unit, onChanged: (Cell) -> Unit) {
    Sheet(column.label, onDone, LocalShell.current.texts.done) {
        ChoiceRows(column.choices, { it.value in cell.values }, several = true) { choice ->
            val chosen = toggled(column.choices, cell.values, choice)
            onChanged(emptyCell(column.id).copy(values = chosen.map { it.value }, texts = chosen.map { it.text }))
        }
    }
}

@Composable
private fun CellField(
    editor: FormEditor,
    question: Question,
    row: Int,
    column: TableColumn,
    modifier: Modifier,
    shown: Boolean,
) {
    val texts = LocalShell.current.texts
    val cell = editor.cellsOf(question.id, row).find { it.field == column.id } ?: emptyCell(column.id)
    val name = "${column.label}, ${texts.row(row + 1)}"
    val label = if (shown) column.label else ""
    fun set(changed: Cell) = editor.setCell(question.id, row, changed)
    when (column.kind) {
        QuestionKind.NUMBER -> {
            val fault = editor.faults(question).any { it.row?.toInt() == row && it.column == column.id }
            Field(
                shownNumber(cell.value.orEmpty(), texts),
                { set(emptyCell(column.id).copy(value = typedNumber(it))) },
                modifier,
                label = label,
                name = name,
                number = true,
                style = Campo.type.key,
                align = TextAlign.End,
                wrong = fault,
            )
        }
        QuestionKind.CHOICE, QuestionKind.CHOICES -> {
            var open by remember { mutableStateOf(false) }
            Column(modifier, Arrangement.spacedBy(6.dp)) {
                if (shown) Text(column.label, color = Campo.colors.ink2, style = Campo.type.second)
                CampoButton((cell.text ?: cell.texts.joinToString(", ")).ifEmpty { texts.choose }) { open = true }
            }
            if (open && column.kind == QuestionKind.CHOICES) {
                SeveralChoices(column, cell, onDone = { open = false }, onChanged = ::set)
            } else if (open) {
                Sheet(column.label, onGiveUp = { open = false }) {
                    ChoiceRows(column.choices, { it.value == cell.value }, several = false) { choice ->
                        open = false
                        set(emptyCell(column.id).copy(value = choice.value, text = choice.text))
                    }
                }
            }
        }
        QuestionKind.PHOTO -> Column(modifier, Arrangement.spacedBy(6.dp)) {
            if (shown) Text(column.label, color = Campo.colors.ink2, style = Campo.type.second)
            AddPhoto(cell.files.isEmpty(), Modifier.size(128.dp)) { photo ->
                editor.addFileToCell(question.id, row, column, photo.copy(field = column.id))
            }
        }
        else -> Field(
            cell.value.orEmpty(),
            { set(emptyCell(column.id).copy(value = it)) },
            modifier,
            label = label,
            name = name,
            style = if (shown) Campo.type.body else Campo.type.secondStrong,
            capitals = true,
            tight = !shown,
        )
    }
}
