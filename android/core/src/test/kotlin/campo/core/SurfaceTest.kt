package campo.core

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals

/** What the core offers to apps stands in `android/core/surface.txt`: a change of it is seen in review. */
class SurfaceTest {
    @Test
    fun the_surface_is_the_one_that_was_agreed() {
        val generated = File("../../core/src/generated/kotlin/campo/core/campo_mobile_core.kt").readLines()
        val surface = surface(generated)
        val agreed = File("../../core/surface.txt")
        if (System.getenv("UPDATE_GENERATED") == "1") agreed.writeText(surface)
        assertEquals(agreed.readText(), surface, "run UPDATE_GENERATED=1 make test-kotlin and look at the difference")
    }

    private fun surface(lines: List<String>): String {
        val kept = mutableListOf<String>()
        var inside = false
        for (line in lines.dropWhile { !it.startsWith("public interface CampoInterface") }) {
            val code = line.trim().removeSuffix(",").trim()
            val begins = Regex("^(public interface|interface|data class|enum class|sealed class) (\\w+)").find(line)
            when {
                begins != null && !begins.groupValues[2].startsWith("Uniffi") -> {
                    inside = true
                    kept += "${begins.groupValues[1].removePrefix("public ")} ${begins.groupValues[2]}"
                }
                line.startsWith("}") || line.startsWith("public object") || code.startsWith("companion") -> inside = false
                !inside -> Unit
                Regex("^(suspend )?fun `\\w+`").containsMatchIn(code) -> kept += "    $code"
                Regex("^va[lr] `\\w+`").containsMatchIn(code) -> kept += "    ${code.removePrefix("val ").removePrefix("var ")}"
                Regex("^[A-Z][A-Z0-9_]*;?$").matches(code) -> kept += "    ${code.removeSuffix(";")}"
                Regex("^(data )?(class|object) \\w+").containsMatchIn(code) ->
                    kept += "    ${checkNotNull(Regex("(class|object) (\\w+)").find(code)).groupValues[2]}"
            }
        }
        return kept.joinToString("\n").replace("`", "").replace("kotlin.", "") + "\n"
    }
}
