package campo.ui.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
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
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import campo.core.Question
import campo.ui.LocalShell
import campo.ui.parts.Card
import campo.ui.parts.IconTarget
import campo.ui.parts.Target
import campo.ui.theme.Campo
import campo.ui.theme.Icons
import java.time.LocalDate
import java.time.YearMonth
import java.time.format.DateTimeFormatter
import java.time.format.TextStyle
import java.util.Locale

private val Shown = DateTimeFormatter.ofPattern("d/M/yyyy", Locale.ROOT)

/** `2030-01-15` as people read it. */
internal fun shownDate(value: String): String = parsed(value)?.format(Shown) ?: value

private fun parsed(value: String): LocalDate? = runCatching { LocalDate.parse(value) }.getOrNull()

/** A month of days that fill the width. */
@Composable
internal fun DateAnswer(editor: FormEditor, question: Question) {
    val value = editor.answer(question.id).value.orEmpty()
    Calendar(parsed(value)) { editor.setValue(question.id, it.toString()) }
}

@Composable
private fun Calendar(chosen: LocalDate?, onChosen: (LocalDate) -> Unit) {
    val shell = LocalShell.current
    val texts = shell.texts
    val minute = shell.device.minutes.value
    val today = remember(minute) { LocalDate.now() }
    var month by remember { mutableStateOf(YearMonth.from(chosen ?: today)) }
    val locale = Locale.forLanguageTag(texts.tag)
    Card(spacing = 4.dp) {
        Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
            Text(named(month, locale), Modifier.weight(1f), Campo.colors.ink, style = Campo.type.strong)
            IconTarget(Icons.ChevronLeft, named(month.minusMonths(1), locale)) { month = month.minusMonths(1) }
            IconTarget(Icons.ChevronRight, named(month.plusMonths(1), locale)) { month = month.plusMonths(1) }
        }
        val before = month.atDay(1).dayOfWeek.value - 1
        val days = List(before) { null } + (1..month.lengthOfMonth()).map { month.atDay(it) }
        for (week in days.chunked(7)) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(2.dp)) {
                for (day in week) Day(day, day == chosen, day == today, Modifier.weight(1f), onChosen)
                repeat(7 - week.size) { Box(Modifier.weight(1f)) }
            }
        }
    }
}

private fun named(month: YearMonth, locale: Locale) =
    "${month.month.getDisplayName(TextStyle.FULL_STANDALONE, locale)} ${month.year}"

@Composable
private fun Day(day: LocalDate?, chosen: Boolean, today: Boolean, modifier: Modifier, onChosen: (LocalDate) -> Unit) {
    if (day == null) {
        Box(modifier)
        return
    }
    val colors = Campo.colors
    Box(
        modifier
            .heightIn(Target)
            .clip(RoundedCornerShape(12.dp))
            .background(if (chosen) colors.actPhone else colors.surface)
            .clickable(role = Role.RadioButton) { onChosen(day) }
            .semantics {
                contentDescription = day.format(Shown)
                selected = chosen
            },
        Alignment.Center,
    ) {
        Text(
            "${day.dayOfMonth}",
            color = if (chosen) colors.onActPhone else if (today) colors.accentInk else colors.ink,
            style = if (chosen || today) Campo.type.strong else Campo.type.body,
            textAlign = TextAlign.Center,
            maxLines = 1,
        )
    }
}
