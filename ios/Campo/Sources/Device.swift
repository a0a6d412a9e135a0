// What the phone around the screens gives: position, camera, maps, telephone.
import CampoCore
import CoreLocation
import UIKit

@MainActor
final class Device: NSObject, ObservableObject {
    private let locations = CLLocationManager()
    private var fixes: [CheckedContinuation<CLLocation?, Never>] = []
    private var photos: CheckedContinuation<String?, Never>?
    private var records = false

    /// Hears of each position while they are recorded.
    var onPosition: ((Position) -> Void)?

    var model: PhoneModel {
        PhoneModel(platform: "ios", model: UIDevice.current.model, osVersion: UIDevice.current.systemVersion, appVersion: "0.1.0")
    }

    override init() {
        super.init()
        locations.delegate = self
        locations.desiredAccuracy = kCLLocationAccuracyBest
    }

    func lastKnown() -> Here? {
        locations.location.map { Here(latitude: $0.coordinate.latitude, longitude: $0.coordinate.longitude) }
    }

    /// A fix for a capture: a recent one at once, else a new one, waited for a few seconds.
    func position() async -> Position? {
        if locations.authorizationStatus == .notDetermined { locations.requestWhenInUseAuthorization() }
        guard [.authorizedWhenInUse, .authorizedAlways].contains(locations.authorizationStatus) else { return nil }
        if let recent = locations.location, -recent.timestamp.timeIntervalSinceNow < 15 { return said(recent) }
        let fix = await withTaskGroup(of: CLLocation?.self) { group in
            group.addTask { await self.next() }
            group.addTask {
                try? await Task.sleep(nanoseconds: 4_000_000_000)
                await self.answer(nil)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        return fix.map(said)
    }

    /// Records positions from now on, or no more: only during a shift, and where the account wants it. The system shows its sign.
    func record(_ records: Bool) {
        guard records != self.records else { return }
        self.records = records
        locations.allowsBackgroundLocationUpdates = records
        locations.distanceFilter = records ? 25 : kCLDistanceFilterNone
        if records { locations.startUpdatingLocation() } else { locations.stopUpdatingLocation() }
    }

    private func next() async -> CLLocation? {
        await withCheckedContinuation { waiting in
            fixes.append(waiting)
            locations.requestLocation()
        }
    }

    private func answer(_ location: CLLocation?) {
        let waiting = fixes
        fixes = []
        waiting.forEach { $0.resume(returning: location) }
    }

    private func said(_ location: CLLocation) -> Position {
        var mock: Bool?
        if #available(iOS 15, *) { mock = location.sourceInformation?.isSimulatedBySoftware }
        return Position(
            latitude: location.coordinate.latitude, longitude: location.coordinate.longitude,
            accuracyM: location.horizontalAccuracy >= 0 ? location.horizontalAccuracy : nil, provider: "corelocation", mock: mock
        )
    }

    /// Takes a photo into a file that the core may move away; none where the person gave up.
    func takePhoto() async -> String? {
        guard UIImagePickerController.isSourceTypeAvailable(.camera), let top = topController() else { return nil }
        return await withCheckedContinuation { waiting in
            photos = waiting
            let camera = UIImagePickerController()
            camera.sourceType = .camera
            camera.delegate = self
            top.present(camera, animated: true)
        }
    }

    func openMap(_ place: Here) {
        if let url = URL(string: "http://maps.apple.com/?daddr=\(place.latitude),\(place.longitude)") { UIApplication.shared.open(url) }
    }

    func call(_ number: String) {
        let digits = number.filter { $0.isNumber || $0 == "+" }
        if let url = URL(string: "tel:\(digits)") { UIApplication.shared.open(url) }
    }

    private func topController() -> UIViewController? {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        var top = scenes.first?.keyWindow?.rootViewController
        while let shown = top?.presentedViewController { top = shown }
        return top
    }
}

extension Device: CLLocationManagerDelegate {
    nonisolated func locationManager(_: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        let newest = locations.last
        Task { @MainActor in
            answer(newest)
            if records, let newest { onPosition?(said(newest)) }
        }
    }

    nonisolated func locationManager(_: CLLocationManager, didFailWithError _: Error) {
        Task { @MainActor in answer(nil) }
    }
}

extension Device: UIImagePickerControllerDelegate, UINavigationControllerDelegate {
    func imagePickerController(
        _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
    ) {
        picker.dismiss(animated: true)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jpg")
        let taken = (info[.originalImage] as? UIImage)?.jpegData(compressionQuality: 0.85)
        let written = taken.flatMap { try? $0.write(to: file) }
        photos?.resume(returning: written == nil ? nil : file.path)
        photos = nil
    }

    func imagePickerControllerDidCancel(_ picker: UIImagePickerController) {
        picker.dismiss(animated: true)
        photos?.resume(returning: nil)
        photos = nil
    }
}
