//! Pictures in memory: reduced with a filter that keeps small print legible, and turned.

use super::exif::Orientation;

/// A picture, row by row from above, each pixel as many samples as there are channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: usize,
    pub(super) samples: Vec<u8>,
}

/// What a sample of the reduced picture is made of: where in the row it begins, and how much each counts.
struct Weights {
    from: usize,
    shares: Vec<f32>,
}

impl Picture {
    /// The picture with that width and height.
    pub(super) fn resized(self, width: usize, height: usize) -> Self {
        if (self.width, self.height) == (width, height) {
            return self;
        }
        // One direction after the other, each along the rows: the picture is turned on its side in between
        let narrowed = self.squeezed(width);
        drop(self);
        let squeezed = narrowed.turned(Orientation::MirroredQuarterLeft).squeezed(height);
        squeezed.turned(Orientation::MirroredQuarterLeft)
    }

    /// The picture with that width.
    fn squeezed(&self, width: usize) -> Self {
        let weights = weights(self.width, width);
        let mut samples = Vec::with_capacity(width * self.height * self.channels);
        for row in self.samples.chunks_exact((self.width * self.channels).max(1)) {
            for Weights { from, shares } in &weights {
                for channel in 0..self.channels {
                    let parts = row.iter().skip(from * self.channels + channel).step_by(self.channels);
                    let sum: f32 = parts.zip(shares).map(|(sample, share)| f32::from(*sample) * share).sum();
                    samples.push(sum.round().clamp(0.0, 255.0) as u8);
                }
            }
        }
        Self { width, samples, ..*self }
    }

    /// The picture turned as it must be to stand upright.
    pub(super) fn turned(self, orientation: Orientation) -> Self {
        if orientation == Orientation::Upright {
            return self;
        }
        let (right, below) = (self.width.saturating_sub(1), self.height.saturating_sub(1));
        let is_on_its_side = matches!(
            orientation,
            Orientation::MirroredQuarterLeft
                | Orientation::QuarterRight
                | Orientation::MirroredQuarterRight
                | Orientation::QuarterLeft
        );
        let (width, height) =
            if is_on_its_side { (self.height, self.width) } else { (self.width, self.height) };
        let mut samples = Vec::with_capacity(self.samples.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match orientation {
                    Orientation::Upright => (x, y),
                    Orientation::Mirrored => (right - x, y),
                    Orientation::HalfTurn => (right - x, below - y),
                    Orientation::MirroredHalfTurn => (x, below - y),
                    Orientation::MirroredQuarterLeft => (y, x),
                    Orientation::QuarterRight => (y, below - x),
                    Orientation::MirroredQuarterRight => (right - y, below - x),
                    Orientation::QuarterLeft => (right - y, x),
                };
                let at = (from_y * self.width + from_x) * self.channels;
                samples.extend_from_slice(self.samples.get(at..at + self.channels).unwrap_or_default());
            }
        }
        Self { width, height, samples, ..self }
    }
}

/// The weights by which `from` samples become `to`.
fn weights(from: usize, to: usize) -> Vec<Weights> {
    let scale = from as f32 / to.max(1) as f32;
    // Made wider where the picture gets smaller, so that no line is left out
    let width = scale.max(1.0);
    (0..to)
        .map(|index| {
            let center = (index as f32 + 0.5) * scale - 0.5;
            let first = (center - 2.0 * width).ceil().max(0.0) as usize;
            let last = ((center + 2.0 * width).floor().max(0.0) as usize).min(from.saturating_sub(1));
            let shares: Vec<f32> =
                (first..=last).map(|sample| filter((sample as f32 - center) / width)).collect();
            let sum: f32 = shares.iter().sum();
            Weights { from: first, shares: shares.into_iter().map(|share| share / sum).collect() }
        })
        .collect()
}

/// The filter of Catmull and Rom, at a distance in pixels of the reduced picture.
fn filter(distance: f32) -> f32 {
    let distance = distance.abs();
    if distance < 1.0 {
        (1.5 * distance - 2.5) * distance * distance + 1.0
    } else if distance < 2.0 {
        ((2.5 - 0.5 * distance) * distance - 4.0) * distance + 2.0
    } else {
        0.0
    }
}
