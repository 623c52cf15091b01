//! The tray's picture: the console's icon, and in its corner what state it is in. The states differ by shape, not by
//! colour alone.

use signalbox_core::desktop::Health;

const AMBER: [u8; 4] = [0xe0, 0x9a, 0x12, 0xff];
const WHITE: [u8; 4] = [0xff, 0xff, 0xff, 0xff];
const GREY: [u8; 4] = [0x5c, 0x61, 0x6b, 0xff];

/// The picture of a state, from the plain one: square, `width` wide, four bytes for each point.
pub fn draw(plain: &[u8], width: u32, health: Health) -> Vec<u8> {
    let mut picture = plain.to_vec();
    if health == Health::Offline {
        picture.chunks_exact_mut(4).for_each(fade);
    }
    let width = usize::try_from(width).unwrap_or(0).max(1);
    for (index, point) in picture.chunks_exact_mut(4).enumerate() {
        // Of the badge's own square in the lower right corner, each axis from 0 to 1.
        let side = width as f32 * 0.56;
        let of = |at: usize| (at as f32 + 0.5 - (width as f32 - side)) / side;
        let (x, y) = (of(index % width), of(index / width));
        if let Some(colour) = badge(health, x, y) {
            point.copy_from_slice(&colour);
        }
    }
    picture
}

/// The badge's colour at a place; `None` where the icon is seen.
fn badge(health: Health, x: f32, y: f32) -> Option<[u8; 4]> {
    if x < 0.0 || y < 0.0 {
        return None;
    }
    match health {
        Health::Healthy => None,
        // A triangle with a white edge and a stroke in it.
        Health::Warning => {
            let half = |top: f32, bottom: f32| (y > top && y < bottom).then(|| (y - top) / (bottom - top) * 0.5);
            let off = (x - 0.5).abs();
            let stroke = off < 0.06 && ((0.38..0.68).contains(&y) || (0.75..0.85).contains(&y));
            match (half(0.0, 1.0), half(0.14, 0.93)) {
                (_, Some(inner)) if off < inner * 0.86 => Some(if stroke { WHITE } else { AMBER }),
                (Some(outer), _) if off < outer => Some(WHITE),
                _ => None,
            }
        }
        // A disc with a bar: no way through.
        Health::Offline => {
            let far = ((x - 0.5).powi(2) + (y - 0.5).powi(2)).sqrt();
            let bar = (x - 0.5).abs() < 0.28 && (y - 0.5).abs() < 0.09;
            match far {
                far if far < 0.42 => Some(if bar { WHITE } else { GREY }),
                far if far < 0.5 => Some(WHITE),
                _ => None,
            }
        }
    }
}

/// Takes the colour, and some of the strength.
fn fade(point: &mut [u8]) {
    if let [red, green, blue, strength] = point {
        let light = (u32::from(*red) * 30 + u32::from(*green) * 59 + u32::from(*blue) * 11) / 100;
        let light = u8::try_from(light).unwrap_or(u8::MAX);
        (*red, *green, *blue) = (light, light, light);
        *strength = strength.saturating_sub(*strength / 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_picture_of_its_own_and_the_healthy_one_is_the_icon() {
        let plain: Vec<u8> = std::iter::repeat_n([0x20, 0x60, 0xc0, 0xff], 32 * 32).flatten().collect();
        let [healthy, warning, offline] =
            [Health::Healthy, Health::Warning, Health::Offline].map(|health| draw(&plain, 32, health));
        assert_eq!(healthy, plain);
        assert!(warning != plain && offline != plain && warning != offline);
        assert_eq!(warning[..4], plain[..4], "the badge is in the corner only");
        assert_eq!(offline[0], offline[1], "what is offline has no colour");
    }
}
