// What stands in place of a page that cannot be shown.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { Link, type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { CircleX, Lock, SearchX } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { Button, EmptyState } from "~/ui";
import { NotAllowed } from "../root";
import { useWho } from "../session";
import { permissionLabel } from "../permissions";
import { Page } from "./Page";

export function Failed({ error, reset }: ErrorComponentProps) {
    const router = useRouter();
    const boundary = useQueryErrorResetBoundary();
    if (error instanceof NotAllowed) return <Refused anyOf={error.anyOf} />;
    const { problem } = refusalOf(error);
    const again = () => {
        boundary.reset();
        reset();
        void router.invalidate();
    };
    return (
        <Page title={t`No se pudo mostrar`}>
            <EmptyState icon={CircleX} title={problem.title} acts={<Button onPress={again}>{t`Reintentar`}</Button>}>
                {problem.detail}
                {problem.request_id && (
                    <>
                        <br />
                        <small>
                            <Trans>Para pedir ayuda: {problem.request_id}</Trans>
                        </small>
                    </>
                )}
            </EmptyState>
        </Page>
    );
}

function Refused({ anyOf }: { anyOf: NotAllowed["anyOf"] }) {
    const who = useWho();
    const wanted = anyOf.map((permission) => `«${permissionLabel(permission)}»`).join(t` o `);
    return (
        <Page title={t`Sin permiso`}>
            <EmptyState icon={Lock} title={t`Su perfil no permite abrir esta página`} acts={<HomeLink />}>
                <Trans>
                    Hace falta el permiso {wanted}. Lo puede dar quien administra los usuarios y perfiles de {who.account.name}, en Ajustes › Perfiles de usuarios.
                </Trans>
            </EmptyState>
        </Page>
    );
}

export function NotFound() {
    return (
        <Page title={t`No está`}>
            <EmptyState icon={SearchX} title={t`En esta dirección no hay ninguna página`} acts={<HomeLink />}>
                <Trans>Puede que el enlace esté incompleto, o que lo que mostraba ya no exista.</Trans>
            </EmptyState>
        </Page>
    );
}

function HomeLink() {
    return (
        <Link to="/" className="btn">
            <Trans>Ir al inicio</Trans>
        </Link>
    );
}
