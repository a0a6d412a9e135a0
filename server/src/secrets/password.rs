//! Passwords of people: Argon2id with the parameters that OWASP names (19 MiB, two passes, one lane).
//!
//! Each call takes tens of milliseconds of one core and 19 MiB, so callers run it in `spawn_blocking`.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};

use crate::{
    environment::Environment,
    problem::{Problem, Result},
};

/// What no password matches. Checked where no user has the name, so that the answer takes as long as for one who
/// has, and names cannot be found out by the clock.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash of a password as tables keep it, in PHC form with its own salt and parameters.
pub fn hash_password(password: &str, environment: &Environment) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &environment.random::<16>())
        .map_err(Problem::internal)?;
    Ok(hash.to_string())
}

/// True when `password` is the one that `phc` was made from; false also for a `phc` that is none.
pub fn verify_password(password: &str, phc: &str) -> bool {
    PasswordHash::new(phc)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_verified_against_its_own_hash_only() {
        let environment = Environment::seeded(1, 0);
        let phc = hash_password("contraseña", &environment).unwrap();
        for (password, phc, matches) in [
            ("contraseña", phc.as_str(), true),
            ("contrasena", &phc, false),
            ("", &phc, false),
            ("contraseña", NOBODY, false),
            ("contraseña", "", false),
            ("contraseña", "$argon2id$v=19$m=9,t=0,p=0$AA$AA", false),
        ] {
            assert_eq!(verify_password(password, phc), matches, "{password} {phc}");
        }
        assert_ne!(hash_password("contraseña", &environment).unwrap(), phc, "each has a salt of its own");
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_that_of_somebody() {
        let phc = hash_password("x", &Environment::seeded(1, 0)).unwrap();
        let shape = |phc: &str| {
            let hash = PasswordHash::new(phc).unwrap();
            let lengths = (hash.salt.map(|salt| salt.len()), hash.hash.map(|hash| hash.len()));
            (hash.algorithm.to_string(), hash.version, hash.params.to_string(), lengths)
        };
        assert_eq!(shape(&phc), shape(NOBODY));
    }
}
