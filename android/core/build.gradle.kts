// The core's Kotlin side and its library for each processor. `android/build-core.sh` makes both by cargo-ndk before Gradle
// looks for them.
plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "campo.core"
    compileSdk = 37
    defaultConfig { minSdk = 26 }
    sourceSets["main"].kotlin.srcDir("src/generated/kotlin")
    sourceSets["main"].jniLibs.srcDir("src/generated/jniLibs")
}

dependencies {
    api(libs.coroutines.core)
    // The aar has JNA's own library for each processor
    implementation("${libs.jna.get()}@aar")
}

val buildCore = tasks.register<Exec>("buildCore") {
    workingDir = rootDir
    commandLine("./build-core.sh")
}
tasks.named("preBuild") { dependsOn(buildCore) }
