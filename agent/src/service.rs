//! The agent as a service of Windows: it runs before anybody has a session, and the system begins it anew when it ends by
//! itself.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
    sync::OnceLock,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use tokio::sync::Notify;
use windows_service::{
    define_windows_service,
    service::{
        Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceControl, ServiceControlAccept,
        ServiceErrorControl, ServiceExitCode, ServiceFailureActions, ServiceFailureResetPeriod, ServiceInfo,
        ServiceStartType, ServiceState, ServiceStatus, ServiceType,
    },
    service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle},
    service_dispatcher,
    service_manager::{ServiceManager, ServiceManagerAccess},
};

use crate::{
    config::Config,
    install::{DESCRIPTION, NAME},
    round, tell, to_its_end,
};

/// The account as which it runs: it may use the network, and of this machine what everybody may.
const ACCOUNT: &str = "NT AUTHORITY\\NetworkService";
/// How long after it ended by itself it begins anew.
const RESTART: Duration = Duration::from_secs(10);
/// After so long without a fault the faults before it are forgotten.
const FORGOTTEN: Duration = Duration::from_secs(24 * 3600);

/// What the service does: the system calls it without anything that was known before.
static CONFIG: OnceLock<Config> = OnceLock::new();
static STOPPED: Notify = Notify::const_new();

/// Registers the service, or changes the one there is, and starts it.
pub(crate) fn install(program: &Path, config: &Path) -> Result<()> {
    let wanted = ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE;
    let manager = ServiceManager::local_computer(None::<&str>, wanted);
    let manager =
        manager.context("the services of this machine cannot be changed: start it as administrator")?;
    let info = ServiceInfo {
        name: NAME.into(),
        display_name: "Campo agent".into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: program.to_owned(),
        launch_arguments: ["--config".as_ref(), config.as_os_str(), OsStr::new("service")]
            .map(OsString::from)
            .into(),
        dependencies: Vec::new(),
        account_name: Some(ACCOUNT.into()),
        account_password: None,
    };
    let access = ServiceAccess::CHANGE_CONFIG | ServiceAccess::START | ServiceAccess::QUERY_STATUS;
    let service = match manager.open_service(NAME, access) {
        Ok(service) => service.change_config(&info).map(|()| service),
        Err(_) => manager.create_service(&info, access),
    };
    let service = service.context("the service cannot be registered")?;
    service.set_description(DESCRIPTION)?;
    if let Err(error) = begins_anew(&service) {
        tell(&format!(
            "the service will not begin anew by itself when it fails: {:#}",
            anyhow::Error::from(error)
        ));
    }
    if service.query_status()?.current_state == ServiceState::Stopped {
        service
            .start::<&str>(&[])
            .with_context(|| format!("the service was registered and does not start as {ACCOUNT}"))?;
    }
    Ok(())
}

/// Has the system start it again whenever it ends by itself.
fn begins_anew(service: &Service) -> windows_service::Result<()> {
    let restart = ServiceAction { action_type: ServiceActionType::Restart, delay: RESTART };
    service.update_failure_actions(ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(FORGOTTEN),
        reboot_msg: None,
        command: None,
        actions: Some(vec![restart; 3]),
    })?;
    service.set_failure_actions_on_non_crash_failures(true)
}

define_windows_service!(begin, carry);

/// Works as a service until the system stops it.
pub(crate) fn run(config: Config) -> Result<()> {
    CONFIG.set(config).map_err(|_| anyhow!("it runs already"))?;
    service_dispatcher::start(NAME, begin).context("only the system starts it so; by hand it is `run`")
}

fn carry(_arguments: Vec<OsString>) {
    // Without a handle nobody can be told what went wrong
    let Ok(handle) = service_control_handler::register(NAME, |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            STOPPED.notify_one();
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    }) else {
        return;
    };
    let accepted = ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN;
    state(handle, ServiceState::Running, accepted, 0);
    let worked = CONFIG.get().context("it has no configuration").and_then(|config| {
        to_its_end(async {
            tokio::select! {
                worked = round::run(config, false) => worked,
                // What it was at goes on when it begins again
                () = STOPPED.notified() => Ok(()),
            }
        })
    });
    state(handle, ServiceState::Stopped, ServiceControlAccept::empty(), u32::from(worked.is_err()));
}

/// Tells the system how far the service is; 0 when nothing went wrong.
fn state(handle: ServiceStatusHandle, state: ServiceState, accepted: ServiceControlAccept, fault: u32) {
    // There is nobody else to be told
    let _told = handle.set_service_status(ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: accepted,
        exit_code: if fault == 0 {
            ServiceExitCode::NO_ERROR
        } else {
            ServiceExitCode::ServiceSpecific(fault)
        },
        checkpoint: 0,
        wait_hint: Duration::ZERO,
        process_id: None,
    });
}
