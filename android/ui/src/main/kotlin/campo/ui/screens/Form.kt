package campo.ui.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import campo.core.CampoException
import campo.core.Question
import campo.core.QuestionKind
import campo.ui.LocalShell
import campo.ui.Spot
import campo.ui.Texts
import campo.ui.newIntent
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Empty
import campo.ui.parts.FaultLine
import campo.ui.parts.Foot
import campo.ui.parts.IconTarget
import campo.ui.parts.RowItem
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.SideBySide
import campo.ui.parts.TopBar
import campo.ui.said
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** A form: one question a screen, and all of them as a list; the draft survives everything. */
@Composable
fun FormScreen(form: String, task: String?) {
    val shell = LocalShell.current
    val texts = shell.texts
    var editor by remember(form, task) { mutableStateOf<FormEditor?>(null) }
    var gone by remember(form, task) { mutableStateOf(false) }
    val intent = rememberSaveable(form, task) { newIntent() }
    var page by rememberSaveable(form, task) { mutableIntStateOf(-1) }
    LaunchedEffect(form, task) {
        try {
            val opened = shell.phone.form(form, task)
            gone = opened == null || opened.needsNewerApp
            if (opened?.needsNewerApp == true) shell.fault = texts.upgradeRequired
            editor = opened?.takeUnless { it.needsNewerApp }?.let { FormEditor(shell, task, it) }
            // Where somebody left off
            if (page < 0) page = editor?.run { questions.indexOfFirst { !isAnswered(it) } }?.coerceAtLeast(0) ?: 0
        } catch (failure: CampoException) {
            shell.fault = failure.said(texts)
        }
    }
    val open = editor
    if (open == null) {
        Screen(top = { TopBar("", back = { shell.back() }, backIcon = Icons.X, backName = texts.close) }) {
            if (gone) Empty(shell.fault ?: texts.formGone)
        }
        return
    }
    val questions = open.questions
    if (page >= questions.size) {
        AllQuestions(open, task, intent) { page = it }
    } else {
        OneQuestion(open, page.coerceIn(0, questions.lastIndex)) { page = it }
    }
}

@Composable
private fun Head(editor: FormEditor, atList: Boolean, toList: () -> Unit) {
    val shell = LocalShell.current
    val texts = shell.texts
    val saved = editor.form.saved
    TopBar(
        editor.form.name,
        if (saved.isEmpty()) texts.draftWillBeSaved else texts.draftSaved(saved),
        back = { shell.back() },
        backIcon = Icons.X,
        backName = texts.close,
    ) {
        if (!atList) IconTarget(Icons.List, texts.allQuestions, toList)
    }
}

@Composable
private fun OneQuestion(editor: FormEditor, page: Int, goTo: (Int) -> Unit) {
    val shell = LocalShell.current
    val texts = shell.texts
    val questions = editor.questions
    val question = questions[page]
    Screen(
        top = { Head(editor, false) { goTo(questions.size) } },
        foot = {
            Foot {
                shell.fault?.let { FaultLine(it) }
                SideBySide(
                    first = { modifier ->
                        CampoButton(texts.back, modifier, enabled = page > 0) { goTo(page - 1) }
                    },
                    second = { modifier ->
                        val label = if (page == questions.lastIndex) texts.review else texts.nextQuestion
                        CampoButton(label, modifier, ButtonLook.Filled, iconAtEnd = Icons.ArrowRight) {
                            shell.act {
                                editor.settle()
                                val wrong = editor.state.faults.any { it.field == question.id }
                                editor.insisting = wrong
                                if (!wrong) goTo(editor.questions.indexOf(question) + 1)
                            }
                        }
                    },
                )
            }
        },
    ) {
        Progress(texts.question(page + 1, questions.size), (page + 1f) / questions.size)
        QuestionText(question, texts)
        QuestionBody(editor, question)
        for (fault in editor.faults(question).filter { it.row == null }) FaultLine(fault.text)
    }
}

@Composable
private fun QuestionText(question: Question, texts: Texts) {
    Column {
        Text(question.label, Modifier.semantics { heading() }, Campo.colors.ink, style = Campo.type.key)
        if (!question.required) Text(texts.optional, color = Campo.colors.ink2, style = Campo.type.second)
    }
}

@Composable
private fun Progress(text: String, share: Float) {
    Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
        Text(text, color = Campo.colors.ink2, style = Campo.type.second)
        Box(
            Modifier
                .fillMaxWidth()
                .height(6.dp)
                .clip(RoundedCornerShape(3.dp))
                .background(Campo.colors.line)
                .clearAndSetSemantics {},
        ) {
            Box(Modifier.fillMaxWidth(share).fillMaxHeight().background(Campo.colors.actPhone))
        }
    }
}

/** Every question with its answer, and the end: hand the form in. */
@Composable
private fun AllQuestions(editor: FormEditor, task: String?, intent: String, goTo: (Int) -> Unit) {
    val shell = LocalShell.current
    val texts = shell.texts
    val state = editor.state
    val questions = editor.questions
    Screen(
        top = { Head(editor, true) {} },
        foot = {
            Foot {
                shell.fault?.let { FaultLine(it) }
                val wrong = state.faults.map { it.field }.distinct().size
                if (wrong > 0) FaultLine(texts.toAnswer(wrong))
                SideBySide(
                    first = { modifier -> CampoButton(texts.back, modifier) { goTo(questions.lastIndex) } },
                    second = { modifier ->
                        CampoButton(
                            texts.handIn,
                            modifier,
                            ButtonLook.Filled,
                            icon = Icons.Check,
                            enabled = state.complete && !shell.busy,
                        ) {
                            shell.act {
                                val entry = editor.handIn(intent)
                                shell.replace(Spot.Receipt(entry, task))
                            }
                        }
                    },
                )
            }
        },
    ) {
        val answered = questions.count(editor::isAnswered)
        Progress(texts.answered(answered, questions.size), answered.toFloat() / questions.size.coerceAtLeast(1))
        Rows(
            questions.mapIndexed { index, question ->
                {
                    val fault = state.faults.firstOrNull { it.field == question.id }
                    val shown = shownAnswer(editor, question, texts).ifEmpty { texts.noAnswer }
                    RowItem(
                        question.label,
                        detail = fault?.text ?: shown,
                        end = {
                            when {
                                fault != null -> CampoIcon(Icons.CircleAlert, 22, Campo.colors.refused.ink)
                                editor.isAnswered(question) -> CampoIcon(Icons.Check, 22, Campo.colors.ink2)
                                else -> CampoIcon(Icons.ChevronRight, 22, Campo.colors.ink2)
                            }
                        },
                    ) { goTo(index) }
                }
            },
        )
    }
}

/** An answer in one line. */
internal fun shownAnswer(editor: FormEditor, question: Question, texts: Texts): String {
    val answer = editor.answer(question.id)
    return when (question.kind) {
        QuestionKind.CHOICE -> answer.text ?: answer.value.orEmpty()
        QuestionKind.CHOICES -> answer.texts.joinToString(", ")
        QuestionKind.PHOTO -> if (answer.files.isEmpty()) "" else texts.photos(answer.files.size)
        QuestionKind.SIGNATURE -> if (answer.files.isEmpty()) "" else texts.signed
        QuestionKind.TABLE -> answer.rows.orEmpty().size.let { if (it == 0) "" else "$it × ${question.columns.firstOrNull()?.label.orEmpty()}" }
        QuestionKind.NUMBER -> shownNumber(answer.value.orEmpty(), texts)
        QuestionKind.DATE -> shownDate(answer.value.orEmpty())
        else -> answer.value.orEmpty()
    }
}
