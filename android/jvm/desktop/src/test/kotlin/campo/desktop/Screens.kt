package campo.desktop

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import campo.core.CampoPhone
import campo.core.Here
import campo.core.PhoneLanguage
import campo.core.Stand
import campo.ui.CampoApp
import campo.ui.Opened
import campo.ui.Texts
import campo.ui.theme.CampoTheme
import kotlinx.coroutines.CoroutineScope
import java.io.File
import java.time.LocalDateTime
import java.time.ZoneId
import java.time.temporal.ChronoUnit

/** The app's screens on a phone of 412 × 915 dp, and a worker's hand over them. */
@OptIn(ExperimentalTestApi::class)
internal fun onScreens(
    desk: Desk,
    phone: CampoPhone,
    scope: CoroutineScope,
    language: PhoneLanguage,
    play: (Hand) -> Unit,
) = runSkikoComposeUiTest(Size(824f, 1830f), Density(2f)) {
    val device = DeskWithCamera(desk, scope, Here(4.8630, -74.0500))
    val looks = Looks()
    setContent {
        CampoTheme(Inter, looks.dark) {
            CompositionLocalProvider(LocalDensity provides Density(2f, looks.scale)) {
                CampoApp(phone, device, language, Opened())
            }
        }
    }
    play(Hand(this, looks, File("target/pictures"), Texts.of(language).tag))
}

/** The office sends Luz Marina two tasks: one that is due now, one for later today. */
internal fun Stand.sendsTasks() {
    task(
        """{"external_number":"700123","type":"code:MAINT","description":"Cuarto frío 2, bodega norte",
           "customer_name":"Distribuidora de Alimentos y Bebidas El Porvenir de la Sabana","contact_name":"Hernán Pardo",
           "phone1":"+57 300 000 0000","notes":"Pedir la llave en portería.","data":{"data7":"FT-88213"},
           "location":{"latitude":4.8617,"longitude":-74.0466,"address":"Km 19 vía Chía–Cajicá"},
           "start":${today(0)},"due":${today(2)},"assignments":[{"employee":"number:E1"}]}""",
    )
    task(
        """{"external_number":"700140","type":"code:MAINT","description":"Revisar compresor",
           "customer_name":"Supermercado La Colina","location":{"latitude":4.7110,"longitude":-74.0721},
           "start":${today(3)},"due":${today(5)},"assignments":[{"employee":"number:E1"}]}""",
    )
}

private fun today(hours: Long): String {
    val time = LocalDateTime.now(ZoneId.of("America/Bogota")).plusHours(hours).truncatedTo(ChronoUnit.HOURS)
    return """{"local":"$time:00","zone":"America/Bogota"}"""
}
