package campo.ui.screens

import androidx.compose.foundation.clickable
import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import campo.core.TaskGroup
import campo.core.TaskRow
import campo.ui.LocalShell
import campo.ui.Place
import campo.ui.Spot
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Empty
import campo.ui.parts.Field
import campo.ui.parts.NavBar
import campo.ui.parts.Opposite
import campo.ui.parts.Pill
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.Section
import campo.ui.parts.TaskState
import campo.ui.parts.Target
import campo.ui.parts.TopBar
import campo.ui.parts.IconTarget
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

private enum class Filter { Todo, Late, Today, Over }

/** The tasks: what needs somebody first, then by day; with filters, and what they hide. */
@Composable
fun TasksScreen() {
    val shell = LocalShell.current
    val texts = shell.texts
    val all = shown { tasks(shell.here()) }
    var filter by rememberSaveable { mutableStateOf(Filter.Todo) }
    var searching by rememberSaveable { mutableStateOf(false) }
    var words by rememberSaveable { mutableStateOf("") }
    Screen(
        top = {
            TopBar(texts.tasks) {
                IconTarget(if (searching) Icons.X else Icons.Search, if (searching) texts.close else texts.search) {
                    searching = !searching
                    words = ""
                }
            }
        },
        foot = { NavBar(Place.Tasks) },
        scrolls = false,
    ) {
        if (searching) Field(words, { words = it }, name = texts.search, hint = texts.search)
        val tasks = all ?: return@Screen
        val late = tasks.count { it.group == TaskGroup.LATE }
        Row(
            Modifier.fillMaxWidth().horizontalScroll(rememberScrollState()),
            Arrangement.spacedBy(8.dp),
        ) {
            val open = tasks.count { it.group != TaskGroup.OVER }
            Pill("${texts.all} $open", filter == Filter.Todo) { filter = Filter.Todo }
            if (late > 0) Pill("${texts.late} $late", filter == Filter.Late) { filter = Filter.Late }
            Pill(texts.today, filter == Filter.Today) { filter = Filter.Today }
            Pill(texts.over, filter == Filter.Over) { filter = Filter.Over }
        }
        val shownTasks = tasks.filter { it.isIn(filter) && it.has(words) }
        val groups = shownTasks.groupBy { it.group }
        LazyColumn(Modifier.weight(1f), contentPadding = PaddingValues(bottom = 12.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            if (shownTasks.isEmpty()) {
                item {
                    if (tasks.isEmpty()) {
                        Empty(texts.noTasks, texts.noTasksHint)
                    } else {
                        Empty(texts.nothingFound, texts.hidden(tasks.size)) {
                            CampoButton(texts.clearFilter) {
                                filter = Filter.Todo
                                words = ""
                            }
                        }
                    }
                }
            }
            for ((group, inGroup) in groups.entries.sortedBy { it.key }) {
                item(key = group) { Section(heading(group, texts)) }
                item(key = "${group}_rows") { Rows(inGroup.map { task -> { TaskLine(task) } }) }
            }
        }
    }
}

private fun TaskRow.isIn(filter: Filter) =
    when (filter) {
        Filter.Todo -> group != TaskGroup.OVER
        Filter.Late -> group == TaskGroup.LATE
        Filter.Today -> group == TaskGroup.NOW || group == TaskGroup.TODAY || group == TaskGroup.LATE
        Filter.Over -> group == TaskGroup.OVER
    }

private fun TaskRow.has(words: String): Boolean {
    val all = listOf(number, title, detail, address, typeName).joinToString(" ").folded()
    return words.folded().split(' ').all { it in all }
}

private fun heading(group: TaskGroup, texts: campo.ui.Texts) =
    when (group) {
        TaskGroup.NOW -> texts.now
        TaskGroup.LATE -> texts.late
        TaskGroup.TODAY -> texts.today
        TaskGroup.COMING -> texts.coming
        TaskGroup.OVER -> texts.over
    }

@Composable
private fun TaskLine(task: TaskRow) {
    val shell = LocalShell.current
    Row(
        Modifier
            .fillMaxWidth()
            .clickable(role = Role.Button) { shell.open(Spot.Task(task.id)) }
            .heightIn(Target)
            .padding(16.dp, 12.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f), Arrangement.spacedBy(3.dp)) {
            Opposite(
                first = { TaskState(task, it, text = task.status) },
                second = { Text(task.number, color = Campo.colors.ink2, style = Campo.type.second) },
            )
            Text(task.title, color = Campo.colors.ink, style = Campo.type.strong)
            val second = listOf(task.window, secondLine(task, shell.texts.formsMissing))
            val line = second.filter { it.isNotEmpty() }.joinToString(" · ")
            if (line.isNotEmpty()) Text(line, color = Campo.colors.ink2, style = Campo.type.second)
            if (task.unsent) {
                Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
                    CampoIcon(Icons.CloudUpload, 18, Campo.colors.notYet.ink)
                    Text(shell.texts.notSent, color = Campo.colors.notYet.ink, style = Campo.type.second)
                }
            }
        }
        CampoIcon(Icons.ChevronRight, 22, Campo.colors.ink2)
    }
}
