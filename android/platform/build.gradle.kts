plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "campo.platform"
    compileSdk = 37
    defaultConfig { minSdk = 26 }
}

dependencies {
    api(project(":ui"))
    implementation(libs.androidx.core)
    implementation(libs.coroutines.android)
}
