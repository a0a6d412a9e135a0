package campo.ui.parts

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import campo.core.StatusFace
import campo.core.TaskRow
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** The icon of a status: the same in lists, cards and pages. */
val StatusFace.icon: ImageVector
    get() = when (this) {
        StatusFace.NEW -> Icons.ClipboardList
        StatusFace.ACCEPTED -> Icons.ThumbsUp
        StatusFace.ON_THE_WAY -> Icons.Truck
        StatusFace.ON_SITE -> Icons.MapPin
        StatusFace.WORKING -> Icons.Play
        StatusFace.SUSPENDED -> Icons.Pause
        StatusFace.REVIEW -> Icons.ClipboardCheck
        StatusFace.NAMED -> Icons.Tag
        StatusFace.DONE -> Icons.CircleCheck
        StatusFace.NOT_DONE -> Icons.Ban
        StatusFace.DECLINED -> Icons.X
        StatusFace.WITHDRAWN -> Icons.Ban
    }

/** Green means now; what is done is stone, because it needs nobody. */
val StatusFace.color: Color
    @Composable get() = when (this) {
        StatusFace.NEW, StatusFace.ACCEPTED -> Campo.colors.onPhone.ink
        StatusFace.ON_THE_WAY, StatusFace.ON_SITE, StatusFace.WORKING -> Campo.colors.working.ink
        StatusFace.SUSPENDED, StatusFace.REVIEW, StatusFace.NAMED -> Campo.colors.notYet.ink
        StatusFace.DONE, StatusFace.WITHDRAWN, StatusFace.DECLINED -> Campo.colors.ink2
        StatusFace.NOT_DONE -> Campo.colors.setAside.ink
    }

/** The state of a task in one line; late comes first, because it needs somebody. */
@Composable
fun TaskState(task: TaskRow, modifier: Modifier = Modifier, text: String = task.statusSince) {
    if (task.late.isNotEmpty() && task.face in listOf(StatusFace.NEW, StatusFace.ACCEPTED, StatusFace.SUSPENDED)) {
        StateLine(task.late, Icons.CircleAlert, Campo.colors.late.ink, modifier)
    } else {
        StateLine(text, task.face.icon, task.face.color, modifier)
    }
}
