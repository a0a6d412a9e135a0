package campo.ui.screens

import androidx.compose.runtime.Stable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import campo.core.Answer
import campo.core.AnswerFault
import campo.core.AnswerRow
import campo.core.Cell
import campo.core.FormScreen
import campo.core.FormState
import campo.core.MentionedPhoto
import campo.core.Question
import campo.core.TableColumn
import campo.core.WorkerAction
import campo.ui.Shell
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** The answers of a form while it is filled. Each change is kept durably before the next one is taken up. */
@Stable
class FormEditor(private val shell: Shell, private val task: String?, val form: FormScreen) {
    var answers by mutableStateOf(form.answers)
        private set
    var photos by mutableStateOf(form.photos)
        private set
    var state: FormState by mutableStateOf(form.state)
        private set

    /** True once the worker tried to go on: what is missing is said from then on. */
    var insisting by mutableStateOf(false)

    private val saving = Mutex()
    private var version = 0L
    private var kept = 0L

    val questions: List<Question>
        get() = form.questions.filter { it.id !in state.hidden }

    fun answer(field: String): Answer = answers.find { it.field == field } ?: emptyAnswer(field)

    fun isAnswered(question: Question): Boolean = !answer(question.id).isEmpty

    fun faults(question: Question): List<AnswerFault> =
        state.faults.filter { it.field == question.id && (insisting || !it.missing) }

    fun set(answer: Answer) {
        answers = if (answers.any { it.field == answer.field }) {
            answers.map { if (it.field == answer.field) answer else it }
        } else {
            answers + answer
        }
        keep()
    }

    fun setValue(field: String, value: String, text: String? = null) = set(emptyAnswer(field).copy(value = value, text = text))

    fun setRows(field: String, rows: List<AnswerRow>) = set(emptyAnswer(field).copy(rows = rows))

    fun addFile(field: String, photo: MentionedPhoto, only: Boolean) {
        photos = photos.filterNot { only && it.field == field } + photo
        val before = if (only) emptyList() else answer(field).files
        set(emptyAnswer(field).copy(files = before + photo.hash))
    }

    fun removeFile(field: String, hash: String) {
        photos = photos.filterNot { it.field == field && it.hash == hash }
        set(answer(field).copy(files = answer(field).files - hash))
    }

    fun addFileToCell(field: String, row: Int, column: TableColumn, photo: MentionedPhoto) {
        photos = photos + photo
        val cells = cellsOf(field, row).filterNot { it.field == column.id } + emptyCell(column.id).copy(files = listOf(photo.hash))
        setRow(field, row, cells)
    }

    fun rows(field: String): List<AnswerRow> = answer(field).rows.orEmpty()

    fun cellsOf(field: String, row: Int): List<Cell> = rows(field).getOrNull(row)?.cells.orEmpty()

    fun setCell(field: String, row: Int, cell: Cell) =
        setRow(field, row, cellsOf(field, row).filterNot { it.field == cell.field } + cell)

    private fun setRow(field: String, row: Int, cells: List<Cell>) =
        setRows(field, rows(field).mapIndexed { index, before -> if (index == row) AnswerRow(cells) else before })

    private fun keep() {
        version += 1
        shell.quietly { save() }
    }

    /** Waits until everything that was answered is kept and looked at. */
    suspend fun settle() = save()

    /** Keeps what is newest; what was overtaken meanwhile needs no write of its own. */
    private suspend fun save() = saving.withLock {
        if (kept == version) return@withLock
        val (now, toKeep, with) = Triple(version, answers, photos)
        shell.phone.keepForm(form.form, task, toKeep, with)?.let { state = it }
        kept = now
    }

    /** Hands the form in: the draft goes in the same transaction. Returns the entry. */
    suspend fun handIn(intent: String): String {
        save()
        val mentioned = answers.flatMap { answer ->
            answer.files + answer.rows.orEmpty().flatMap { row -> row.cells.flatMap { it.files } }
        }
        val action = WorkerAction.Form(
            form.form,
            form.version,
            task,
            answers.filterNot { it.isEmpty && it.field in state.hidden },
            photos.filter { it.hash in mentioned },
        )
        return shell.capture(intent, action)
    }
}

val Answer.isEmpty: Boolean
    get() = value.isNullOrBlank() && values.isEmpty() && files.isEmpty() && rows.isNullOrEmpty()

fun emptyAnswer(field: String) = Answer(field, null, null, emptyList(), emptyList(), emptyList(), null)

fun emptyCell(field: String) = Cell(field, null, null, emptyList(), emptyList(), emptyList())
