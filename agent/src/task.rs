//! A task of Windows that begins with the session of the person who installs it. What `schtasks` makes of words alone ends
//! after three days, so that the task is described whole (Task Scheduler Schema 1.2).

use std::path::Path;

use crate::install::DESCRIPTION;

/// The description as `schtasks /xml` reads it: UTF-16 with its mark.
pub(crate) fn file(program: &Path, config: &Path, person: &str) -> Vec<u8> {
    std::iter::once(0xFEFF)
        .chain(described(program, config, person).encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

fn described(program: &Path, config: &Path, person: &str) -> String {
    let [program, config, person] =
        [program.display().to_string(), format!("\"{}\"", config.display()), person.to_owned()]
            .map(|text| escaped(&text));
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{DESCRIPTION}</Description></RegistrationInfo>
  <Triggers><LogonTrigger><UserId>{person}</UserId></LogonTrigger></Triggers>
  <Principals>
    <Principal id="person">
      <UserId>{person}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions Context="person">
    <Exec><Command>{program}</Command><Arguments>--config {config} run</Arguments></Exec>
  </Actions>
</Task>
"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_described_in_utf_16_and_never_ends_by_itself() {
        let (program, config) =
            (Path::new("C:\\Program Files\\A & B\\campo-agent.exe"), Path::new("C:\\ñ c.toml"));
        let bytes = file(program, config, "ACME\\Ana");
        assert_eq!(bytes[..2], [0xFF, 0xFE]);
        let units: Vec<u16> =
            bytes[2..].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        let text = String::from_utf16(&units).unwrap();
        for part in [
            "<Command>C:\\Program Files\\A &amp; B\\campo-agent.exe</Command>",
            "<Arguments>--config \"C:\\ñ c.toml\" run</Arguments>",
            "<LogonTrigger><UserId>ACME\\Ana</UserId></LogonTrigger>",
            "<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>",
        ] {
            assert!(text.contains(part), "{part} {text}");
        }
    }
}
