package campo.platform

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import campo.core.TaskGroup
import campo.core.TaskRow

/** What has news for the worker. Compares what is held now with what was announced last; no task is announced twice. */
class TaskNews(context: Context) {
    private val kept = context.getSharedPreferences("campo-announced", Context.MODE_PRIVATE)

    /** What is new, changed or withdrawn since the last time. The first time nothing is: the phone has just been enrolled. */
    fun since(worker: String, tasks: List<TaskRow>): List<News> {
        val before = kept.getStringSet(worker, null)?.associate { it.substringBefore('\n') to it.substringAfter('\n') }
        val now = tasks.associate { it.id to listOf(it.title, it.detail, it.window, it.address).joinToString(" · ") }
        val open = tasks.filter { it.group != TaskGroup.OVER }
        kept.edit().putStringSet(worker, now.map { (id, words) -> "$id\n$words" }.toSet()).apply()
        if (before == null) return emptyList()
        val appeared = open.mapNotNull { task ->
            val known = before[task.id]
            when {
                known == null -> News(task.id, Change.New, now.getValue(task.id))
                known != now[task.id] -> News(task.id, Change.Changed, now.getValue(task.id))
                else -> null
            }
        }
        return appeared + (before - now.keys).map { (id, words) -> News(id, Change.Withdrawn, words) }
    }

    enum class Change { New, Changed, Withdrawn }

    data class News(val task: String, val change: Change, val words: String)
}

/** Tells the worker, with sound and the first words; a touch opens the task. */
class Notifications(private val context: Context, private val opens: Class<*>) {
    private val manager = context.getSystemService(NotificationManager::class.java)

    init {
        val name = if (isSpanish()) "Tareas" else "Tasks"
        manager.createNotificationChannel(NotificationChannel(TASKS, name, NotificationManager.IMPORTANCE_HIGH))
        val shift = if (isSpanish()) "Jornada" else "Shift"
        manager.createNotificationChannel(NotificationChannel(SHIFT, shift, NotificationManager.IMPORTANCE_LOW))
    }

    fun tell(news: TaskNews.News) {
        val title = when (news.change) {
            TaskNews.Change.New -> if (isSpanish()) "Tarea nueva" else "New task"
            TaskNews.Change.Changed -> if (isSpanish()) "Cambió una tarea" else "A task changed"
            TaskNews.Change.Withdrawn -> if (isSpanish()) "La oficina retiró una tarea" else "The office withdrew a task"
        }
        val intent = Intent(context, opens).setAction(OPEN_TASK).putExtra(TASK, news.task)
        val flags = PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT
        val opened = PendingIntent.getActivity(context, news.task.hashCode(), intent, flags)
        val notification = Notification.Builder(context, TASKS)
            .setSmallIcon(R.drawable.campo_notification)
            .setContentTitle(title)
            .setContentText(news.words)
            .setStyle(Notification.BigTextStyle().bigText(news.words))
            .setCategory(Notification.CATEGORY_EVENT)
            .setVisibility(Notification.VISIBILITY_PRIVATE)
            .setContentIntent(opened)
            .setAutoCancel(true)
            .build()
        manager.notify(news.task.hashCode(), notification)
    }

    private fun isSpanish() = !context.resources.configuration.locales[0].language.startsWith("en")

    companion object {
        const val TASKS = "tasks"
        const val SHIFT = "shift"
        const val OPEN_TASK = "campo.OPEN_TASK"
        const val TASK = "task"
    }
}
