// Choosing from few things, and finding one among many.
package campo.ui.screens

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import campo.core.Choice
import campo.ui.LocalShell
import campo.ui.parts.Field
import campo.ui.parts.Rows
import campo.ui.theme.Campo

/** As many choices as are shown at a time; what is longer, as look-up tables are, is searched. */
private const val SHOWN = 30

/** The choices as rows; of a long list what is chosen and what has the words that were typed. */
@Composable
internal fun ChoiceRows(choices: List<Choice>, isChosen: (Choice) -> Boolean, several: Boolean, onTap: (Choice) -> Unit) {
    val texts = LocalShell.current.texts
    var words by rememberSaveable { mutableStateOf("") }
    val found = if (choices.size > SHOWN) found(choices, words, isChosen) else choices
    if (choices.size > SHOWN) Field(words, { words = it }, name = texts.search, hint = texts.search)
    Rows(found.take(SHOWN).map { choice -> { ChoiceRow(choice.text, isChosen(choice), several) { onTap(choice) } } })
    if (found.size > SHOWN) Text(texts.moreChoices(found.size - SHOWN), color = Campo.colors.ink2, style = Campo.type.second)
}

/** What is chosen comes first, so that it is seen whatever is typed. */
internal fun found(choices: List<Choice>, words: String, isChosen: (Choice) -> Boolean): List<Choice> {
    val (chosen, others) = choices.partition(isChosen)
    if (words.isBlank()) return chosen + others
    val typed = words.folded().split(' ')
    fun fits(choice: Choice): Boolean {
        val all = "${choice.text} ${choice.value}".folded()
        return typed.all { it in all }
    }
    return chosen + others.filter(::fits)
}

/** What is chosen after a tap: in the order of the form, whatever the order of the taps. */
internal fun toggled(choices: List<Choice>, values: List<String>, tapped: Choice): List<Choice> =
    choices.filter { if (it.value == tapped.value) it.value !in values else it.value in values }

private val ACCENTS = Regex("\\p{M}+")

/** Accents do not count in search. */
internal fun String.folded(): String =
    java.text.Normalizer.normalize(lowercase(), java.text.Normalizer.Form.NFD).replace(ACCENTS, "")
