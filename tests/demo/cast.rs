//! Who plays, drawn from a seed: names, devices, addresses, temperaments, and what is said.
//!
//! It knows nothing of connections.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const GIVEN: &[&str] = &[
    "Alice", "Amara", "Anders", "Bianca", "Björn", "Camille", "Carlos", "Chiara", "Daniel", "Diego", "Elena", "Emre",
    "Fatima", "Felix", "Grace", "Hannah", "Hiro", "Ines", "Ivan", "Jana", "João", "Kofi", "Lars", "Leila", "Lucía",
    "Magda", "Marek", "Maya", "Mehmet", "Nadia", "Noah", "Olivia", "Omar", "Paula", "Priya", "Rafael", "Rosa", "Samir",
    "Sofia", "Tariq", "Thea", "Tomás", "Vera", "Viktor", "Yara", "Yusuf", "Zoë", "Émile",
];
const FAMILY: &[&str] = &[
    "Adeyemi",
    "Almeida",
    "Andersson",
    "Bauer",
    "Bianchi",
    "Costa",
    "Demir",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Haddad",
    "Horváth",
    "Ivanova",
    "Jensen",
    "Kapoor",
    "Keller",
    "Kowalski",
    "Laurent",
    "Lindqvist",
    "Mensah",
    "Moreau",
    "Müller",
    "Nakamura",
    "Novák",
    "O'Brien",
    "Okafor",
    "Oliveira",
    "Osei",
    "Petrov",
    "Rossi",
    "Sato",
    "Schmidt",
    "Silva",
    "Sokolov",
    "Tanaka",
    "Torres",
    "Weber",
    "Yılmaz",
    "Zhou",
];
const CHINESE: &[&str] = &[
    "王小明",
    "李娜",
    "张伟",
    "刘洋",
    "陈静",
    "杨帆",
    "赵磊",
    "黄丽",
    "周杰",
    "吴敏",
    "徐强",
    "孙悦",
    "马超",
    "朱婷",
    "胡军",
    "郭靖宇",
    "何雪",
    "高翔",
    "林晓",
    "罗丹",
    "郑爽",
    "梁辰",
    "谢雨",
    "宋佳",
    "唐宁",
    "许晴",
    "邓超群",
    "冯远",
];

/// What the devices say they are.
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "python-socketio/5 python-requests/2.32",
    "okhttp/4.12.0",
    "node-XMLHttpRequest",
];

/// The rooms, by how many go there.
pub const ROOMS: &[(&str, u32)] = &[
    ("lobby", 60),
    ("support", 18),
    ("team-a", 14),
    ("team-b", 12),
    ("release-train", 8),
    ("design-review", 6),
    ("incident-42", 4),
    ("运维值班", 6),
];

const PHRASES: &[&str] = &[
    "Good morning!",
    "Is anybody looking at the queue?",
    "Deployed to staging, please have a look.",
    "收到，马上处理。",
    "The invoice page is slow again.",
    "Ticket 4711 can be closed.",
    "Who is on call tonight?",
    "大家早上好",
    "I will be five minutes late.",
    "Fixed, thank you!",
    "Could somebody review my change?",
    "订单已经同步完成。",
    "The customer confirmed that it works.",
    "Lunch?",
    "Rolling back now.",
    "Metrics look normal again.",
    "Can you share the link?",
    "明天十点开会，别忘了。",
    "I cannot reproduce it here.",
    "Merged.",
];

/// How somebody behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temperament {
    /// Reads, and hardly says a word.
    Quiet,
    /// Says something now and then.
    Sociable,
    /// Says something as often as the limits allow.
    Talkative,
    /// A broken script: now and then it sends far more than the limits allow.
    Runaway,
}

/// Somebody.
#[derive(Debug)]
pub struct Character {
    /// The user's id.
    pub id: i64,
    /// The name in the token.
    pub name: String,
    /// The address that all devices share, as a proxy in front would report it.
    pub address: IpAddr,
    /// The devices, one connection each.
    pub devices: Vec<&'static str>,
    /// The rooms entered on arrival.
    pub rooms: Vec<&'static str>,
    /// How this one behaves.
    pub temperament: Temperament,
    /// What this one will draw from.
    pub dice: StdRng,
}

/// The cast of that size: the same for the same seed.
pub fn cast(size: usize, seed: u64) -> Vec<Character> {
    let mut dice = StdRng::seed_from_u64(seed);
    (0..size).map(|index| character(index, &mut dice)).collect()
}

/// Something to say.
pub fn phrase(dice: &mut StdRng) -> &'static str {
    pick(PHRASES, dice)
}

/// A room, the popular ones more often.
pub fn room(dice: &mut StdRng) -> &'static str {
    let total: u32 = ROOMS.iter().map(|(_, weight)| weight).sum();
    let mut left = dice.random_range(0..total);
    for (room, weight) in ROOMS {
        if left < *weight {
            return room;
        }
        left -= weight;
    }
    ROOMS[0].0
}

fn character(index: usize, dice: &mut StdRng) -> Character {
    let number = i64::try_from(index).unwrap_or(i64::MAX);
    let mut name = if dice.random_bool(0.22) {
        pick(CHINESE, dice).to_owned()
    } else {
        format!("{} {}", pick(GIVEN, dice), pick(FAMILY, dice))
    };
    if dice.random_bool(0.08) {
        name = name.to_lowercase().replace(' ', ".");
    }
    let temperament = match dice.random_range(0..100) {
        _ if index % 40 == 7 => Temperament::Runaway,
        0..30 => Temperament::Quiet,
        30..85 => Temperament::Sociable,
        _ => Temperament::Talkative,
    };
    let devices = match dice.random_range(0..100) {
        0..80 => 1,
        80..95 => 2,
        _ => 3,
    };
    let mut rooms = vec!["lobby"];
    for _ in 0..dice.random_range(0..3) {
        rooms.push(room(dice));
    }
    rooms.sort_unstable();
    rooms.dedup();
    Character {
        id: 1001 + number,
        name,
        address: address(dice),
        devices: (0..devices).map(|_| pick(AGENTS, dice)).collect(),
        rooms,
        temperament,
        dice: StdRng::seed_from_u64(dice.random()),
    }
}

/// From an office, from home, or from a telephone; the public ones are those set aside for documentation.
fn address(dice: &mut StdRng) -> IpAddr {
    match dice.random_range(0..100) {
        0..45 => {
            Ipv4Addr::new(10, dice.random_range(20..24), dice.random_range(0..32), dice.random_range(2..250)).into()
        }
        45..70 => Ipv4Addr::new(203, 0, 113, dice.random_range(2..250)).into(),
        70..90 => Ipv4Addr::new(198, 51, 100, dice.random_range(2..250)).into(),
        _ => Ipv6Addr::new(0x2001, 0xdb8, dice.random_range(1..64), 0, 0, 0, 0, dice.random_range(2..0xffff)).into(),
    }
}

fn pick(of: &[&'static str], dice: &mut StdRng) -> &'static str {
    of.choose(dice).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::cast;

    #[test]
    fn the_same_seed_gives_the_same_cast() {
        let names = |seed| cast(40, seed).into_iter().map(|who| (who.name, who.address)).collect::<Vec<_>>();
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
    }
}
