// The icons of the design: Lucide (lucide.dev), licence ISC, see NOTICE beside this folder. One stroke, one size, so that
// each still reads in grey.
package campo.ui.theme

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.PathParser
import androidx.compose.ui.unit.dp

private fun icon(name: String, path: String): Lazy<ImageVector> = lazy(LazyThreadSafetyMode.PUBLICATION) {
    ImageVector.Builder(name, 24.dp, 24.dp, 24f, 24f)
        .addPath(
            pathData = PathParser().parsePathString(path).toNodes(),
            stroke = SolidColor(Color.Black),
            strokeLineWidth = 1.9f,
            strokeLineCap = StrokeCap.Round,
            strokeLineJoin = StrokeJoin.Round,
        )
        .build()
}

object Icons {
    val CloudOff by icon(
        "cloud-off",
        "M10.94 5.274A7 7 0 0 1 15.71 10h1.79a4.5 4.5 0 0 1 4.222 6.057 M18.796 18.81A4.5 4.5 0 0 1 17.5 " +
            "19H9A7 7 0 0 1 5.79 5.78 M2 2l20 20",
    )
    val Users by icon(
        "users",
        "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2 M16 3.128a4 4 0 0 1 0 7.744 M22 21v-2a4 4 0 0 0-3-3.87 M5 " +
            "7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    )
    val CheckCheck by icon("check-check", "M18 6 7 17l-5-5 M22 10l-7.5 7.5L13 16")
    val Locate by icon("locate", "M2 12L5 12 M19 12L22 12 M12 2L12 5 M12 19L12 22 M5 12a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z")
    val LocateOff by icon(
        "locate-off",
        "M12 19v3 M12 2v3 M18.89 13.24a7 7 0 0 0-8.13-8.13 M19 12h3 M2 12h3 M2 2l20 20 M7.05 7.05a7 7 0 0 0 " +
            "9.9 9.9",
    )
    val ChevronRight by icon("chevron-right", "M9 18l6-6-6-6")
    val ChevronLeft by icon("chevron-left", "M15 18l-6-6 6-6")
    val Coffee by icon(
        "coffee",
        "M10 2v2 M14 2v2 M16 8a1 1 0 0 1 1 1v8a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4V9a1 1 0 0 1 1-1h14a4 4 0 1 1 0 " +
            "8h-1 M6 2v2",
    )
    val LogOut by icon("log-out", "M16 17l5-5-5-5 M21 12H9 M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4")
    val LogIn by icon("log-in", "M10 17l5-5-5-5 M15 12H3 M15 3h4a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-4")
    val Play by icon("play", "M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z")
    val ArrowRight by icon("arrow-right", "M5 12h14 M12 5l7 7-7 7")
    val ArrowLeft by icon("arrow-left", "M12 19l-7-7 7-7 M19 12H5")
    val CloudUpload by icon("cloud-upload", "M12 13v8 M4 14.899A7 7 0 1 1 15.71 8h1.79a4.5 4.5 0 0 1 2.5 8.242 M8 17l4-4 4 4")
    val Wrench by icon(
        "wrench",
        "M14.7 6.3a1 1 0 0 0 0 1.4l1.6 1.6a1 1 0 0 0 1.4 0l3.106-3.105c.32-.322.863-.22.983.218a6 6 0 0 " +
            "1-8.259 7.057l-7.91 7.91a1 1 0 0 1-2.999-3l7.91-7.91a6 6 0 0 1 7.057-8.259c.438.12.54.662.219.984z",
    )
    val House by icon(
        "house",
        "M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8 M3 10a2 2 0 0 1 .709-1.528l7-6a2 2 0 0 1 2.582 0l7 6A2 2 " +
            "0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z",
    )
    val ClipboardList by icon(
        "clipboard-list",
        "M9 2h6a1 1 0 0 1 1 1v2a1 1 0 0 1 -1 1h-6a1 1 0 0 1 -1 -1v-2a1 1 0 0 1 1 -1z M16 4h2a2 2 0 0 1 2 " +
            "2v14a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h2 M12 11h4 M12 16h4 M8 11h.01 M8 16h.01",
    )
    val Clock by icon("clock", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z M12 6v6l4 2")
    val MessageSquare by icon(
        "message-square",
        "M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 " +
            "2-2h16a2 2 0 0 1 2 2z",
    )
    val Menu by icon("menu", "M4 5h16 M4 12h16 M4 19h16")
    val EllipsisVertical by icon(
        "ellipsis-vertical",
        "M11 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z M11 5a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z M11 19a1 1 0 1 0 2 0a1 1 0 " +
            "1 0 -2 0z",
    )
    val Check by icon("check", "M20 6 9 17l-5-5")
    val Navigation by icon("navigation", "M3 11L22 2L13 21L11 13L3 11z")
    val Phone by icon(
        "phone",
        "M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 " +
            "0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 " +
            "0 6.392 6.384",
    )
    val FilePen by icon(
        "file-pen",
        "M12.659 22H18a2 2 0 0 0 2-2V8a2.4 2.4 0 0 0-.706-1.706l-3.588-3.588A2.4 2.4 0 0 0 14 2H6a2 2 0 0 " +
            "0-2 2v9.34 M14 2v5a1 1 0 0 0 1 1h5 M10.378 12.622a1 1 0 0 1 3 3.003L8.36 20.637a2 2 0 0 " +
            "1-.854.506l-2.867.837a.5.5 0 0 1-.62-.62l.836-2.869a2 2 0 0 1 .506-.853z",
    )
    val CircleAlert by icon("circle-alert", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z M12 8L12 12 M12 16L12.01 16")
    val Camera by icon(
        "camera",
        "M13.997 4a2 2 0 0 1 1.76 1.05l.486.9A2 2 0 0 0 18.003 7H20a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H4a2 2 0 0 " +
            "1-2-2V9a2 2 0 0 1 2-2h1.997a2 2 0 0 0 1.759-1.048l.489-.904A2 2 0 0 1 10.004 4z M9 13a3 3 0 1 0 6 " +
            "0a3 3 0 1 0 -6 0z",
    )
    val Paperclip by icon(
        "paperclip",
        "M16 6l-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 " +
            "8.485 8.485l8.379-8.551",
    )
    val Lock by icon(
        "lock",
        "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2z M7 11V7a5 5 0 0 1 10 " +
            "0v4",
    )
    val X by icon("x", "M18 6 6 18 M6 6l12 12")
    val List by icon("list", "M3 5h.01 M3 12h.01 M3 19h.01 M8 5h13 M8 12h13 M8 19h13")
    val Plus by icon("plus", "M5 12h14 M12 5v14")
    val ReceiptText by icon(
        "receipt-text",
        "M13 16H8 M14 8H8 M16 12H8 M4 3a1 1 0 0 1 1-1 1.3 1.3 0 0 1 .7.2l.933.6a1.3 1.3 0 0 0 1.4 " +
            "0l.934-.6a1.3 1.3 0 0 1 1.4 0l.933.6a1.3 1.3 0 0 0 1.4 0l.933-.6a1.3 1.3 0 0 1 1.4 0l.934.6a1.3 1.3 " +
            "0 0 0 1.4 0l.933-.6A1.3 1.3 0 0 1 19 2a1 1 0 0 1 1 1v18a1 1 0 0 1-1 1 1.3 1.3 0 0 " +
            "1-.7-.2l-.933-.6a1.3 1.3 0 0 0-1.4 0l-.934.6a1.3 1.3 0 0 1-1.4 0l-.933-.6a1.3 1.3 0 0 0-1.4 " +
            "0l-.933.6a1.3 1.3 0 0 1-1.4 0l-.934-.6a1.3 1.3 0 0 0-1.4 0l-.933.6a1.3 1.3 0 0 1-.7.2 1 1 0 0 1-1-1z",
    )
    val Pencil by icon(
        "pencil",
        "M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 " +
            ".623.622l4.353-1.32a2 2 0 0 0 .83-.497z M15 5l4 4",
    )
    val MessageSquareWarning by icon(
        "message-square-warning",
        "M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 " +
            "2-2h16a2 2 0 0 1 2 2z M12 15h.01 M12 7v4",
    )
    val Hourglass by icon(
        "hourglass",
        "M5 22h14 M5 2h14 M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22 M7 " +
            "2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2",
    )
    val Info by icon("info", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z M12 16v-4 M12 8h.01")
    val Share2 by icon(
        "share-2",
        "M15 5a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z M3 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z M15 19a3 3 0 1 0 6 0a3 3 0 " +
            "1 0 -6 0z M8.59 13.51L15.42 17.49 M15.41 6.51L8.59 10.49",
    )
    val Search by icon("search", "M21 21l-4.34-4.34 M3 11a8 8 0 1 0 16 0a8 8 0 1 0 -16 0z")
    val MapPin by icon(
        "map-pin",
        "M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 " +
            "0 M9 10a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z",
    )
    val Calendar by icon(
        "calendar",
        "M8 2v3 M16 2v3 M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z M3 " +
            "9h18",
    )
    val CircleCheck by icon("circle-check", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z M16 9l-5.5 5.5L8 12")
    val Ban by icon("ban", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z M4.929 4.929 19.07 19.071")
    val Pause by icon(
        "pause",
        "M15 3h3a1 1 0 0 1 1 1v16a1 1 0 0 1 -1 1h-3a1 1 0 0 1 -1 -1v-16a1 1 0 0 1 1 -1z M6 3h3a1 1 0 0 1 1 " +
            "1v16a1 1 0 0 1 -1 1h-3a1 1 0 0 1 -1 -1v-16a1 1 0 0 1 1 -1z",
    )
    val Send by icon(
        "send",
        "M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 " +
            "0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z M21.854 2.147l-10.94 10.939",
    )
    val QrCode by icon(
        "qr-code",
        "M4 3h3a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 1h-3a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z M17 3h3a1 1 0 0 1 1 " +
            "1v3a1 1 0 0 1 -1 1h-3a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z M4 16h3a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 " +
            "1h-3a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z M21 16h-3a2 2 0 0 0-2 2v3 M21 21v.01 M12 7v3a2 2 0 0 1-2 " +
            "2H7 M3 12h.01 M12 3h.01 M12 16v.01 M16 12h1 M21 12v.01 M12 21v-1",
    )
    val Trash2 by icon(
        "trash-2",
        "M10 11v6 M14 11v6 M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6 M3 6h18 M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 " +
            "2 2v2",
    )
    val Eraser by icon(
        "eraser",
        "M21 21H8a2 2 0 0 1-1.42-.587l-3.994-3.999a2 2 0 0 1 0-2.828l10-10a2 2 0 0 1 2.829 0l5.999 6a2 2 0 0 " +
            "1 0 2.828L12.834 21 M5.082 11.09l8.828 8.828",
    )
    val RefreshCw by icon(
        "refresh-cw",
        "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8 M21 3v5h-5 M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 " +
            "1-6.74-2.74L3 16 M8 16H3v5",
    )
    val BatteryWarning by icon(
        "battery-warning",
        "M10 17h.01 M10 7v6 M14 6h2a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-2 M22 14v-4 M6 18H4a2 2 0 0 1-2-2V8a2 2 0 " +
            "0 1 2-2h2",
    )
    val Languages by icon("languages", "M5 8l6 6 M4 14l6-6 2-3 M2 5h12 M7 2h1 M22 22l-5-10-5 10 M14 18h6")
    val Delete by icon(
        "delete",
        "M10 5a2 2 0 0 0-1.344.519l-6.328 5.74a1 1 0 0 0 0 1.481l6.328 5.741A2 2 0 0 0 10 19h10a2 2 0 0 0 " +
            "2-2V7a2 2 0 0 0-2-2z M12 9l6 6 M18 9l-6 6",
    )
    val User by icon("user", "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2 M8 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z")
    val Truck by icon(
        "truck",
        "M14 18V6a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2v11a1 1 0 0 0 1 1h2 M15 18H9 M19 18h2a1 1 0 0 0 1-1v-3.65a1 1 " +
            "0 0 0-.22-.624l-3.48-4.35A1 1 0 0 0 17.52 8H14 M15 18a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z M5 18a2 2 0 1 0 " +
            "4 0a2 2 0 1 0 -4 0z",
    )
    val Image by icon(
        "image",
        "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z M7 9a2 2 0 1 0 4 " +
            "0a2 2 0 1 0 -4 0z M21 15l-3.086-3.086a2 2 0 0 0-2.828 0L6 21",
    )
    val Shield by icon(
        "shield",
        "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 " +
            "6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z",
    )
    val ThumbsUp by icon(
        "thumbs-up",
        "M15 5.88 14 10h5.83a2 2 0 0 1 1.92 2.56l-2.33 8A2 2 0 0 1 17.5 22H4a2 2 0 0 1-2-2v-8a2 2 0 0 1 " +
            "2-2h2.76a2 2 0 0 0 1.79-1.11L12 2a3.13 3.13 0 0 1 3 3.88Z M7 10v12",
    )
    val Inbox by icon(
        "inbox",
        "M22 12L16 12L14 15L10 15L8 12L2 12 M5.45 5.11 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.45-6.89A2 " +
            "2 0 0 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z",
    )
    val SquareCheck by icon("square-check", "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z M16 9l-5.5 5.5L8 12")
    val Square by icon("square", "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z")
    val Circle by icon("circle", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z")
    val FileText by icon(
        "file-text",
        "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 " +
            "0 0 1-2 2z M14 2v5a1 1 0 0 0 1 1h5 M10 9H8 M16 13H8 M16 17H8",
    )
    val Stethoscope by icon(
        "stethoscope",
        "M11 2v2 M5 2v2 M5 3H4a2 2 0 0 0-2 2v4a6 6 0 0 0 12 0V5a2 2 0 0 0-2-2h-1 M8 15a6 6 0 0 0 12 0v-3 M18 " +
            "10a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z",
    )
    val ClipboardCheck by icon(
        "clipboard-check",
        "M9 2h6a1 1 0 0 1 1 1v2a1 1 0 0 1 -1 1h-6a1 1 0 0 1 -1 -1v-2a1 1 0 0 1 1 -1z M16 4h2a2 2 0 0 1 2 " +
            "2v14a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h2 M9 14l2 2 4-4",
    )
    val CircleDot by icon("circle-dot", "M11 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z")
    val Star by icon(
        "star",
        "M11.525 2.295a.53.53 0 0 1 .95 0l2.31 4.679a2.123 2.123 0 0 0 1.595 1.16l5.166.756a.53.53 0 0 1 " +
            ".294.904l-3.736 3.638a2.123 2.123 0 0 0-.611 1.878l.882 5.14a.53.53 0 0 " +
            "1-.771.56l-4.618-2.428a2.122 2.122 0 0 0-1.973 0L6.396 21.01a.53.53 0 0 1-.77-.56l.881-5.139a2.122 " +
            "2.122 0 0 0-.611-1.879L2.16 9.795a.53.53 0 0 1 .294-.906l5.165-.755a2.122 2.122 0 0 0 1.597-1.16z",
    )
    val Tag by icon(
        "tag",
        "M12.586 2.586A2 2 0 0 0 11.172 2H4a2 2 0 0 0-2 2v7.172a2 2 0 0 0 .586 1.414l8.704 8.704a2.426 2.426 " +
            "0 0 0 3.42 0l6.58-6.58a2.426 2.426 0 0 0 0-3.42z M7 7.5a0.5 0.5 0 1 0 1 0a0.5 0.5 0 1 0 -1 0z",
    )
}
