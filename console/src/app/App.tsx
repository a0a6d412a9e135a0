// Who is nobody signs in where they stand, so that the address they came with holds; who was signed out over a page keeps it.
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { I18nProvider as AriaLanguage } from "react-aria-components";
import { speakOf, useLanguage } from "./language";
import { queries } from "./queries";
import { router } from "./router";
import { SignInAgain } from "./session/SignInAgain";
import { SignInPage } from "./session/SignInPage";
import { useSession } from "./session";
import { FirstPassword } from "./session/FirstPassword";

const EnrolPage = lazy(async () => ({ default: (await Promise.all([import("~/features/equipo/EnrolPage"), speakOf("equipo")]))[0].EnrolPage }));

const RecoveryPage = lazy(async () => ({ default: (await import("./session/Recovery")).RecoveryPage }));

/** What is done by links of mails, and asking for one: open to everybody. */
const isRecovery = () => ["/entrar/olvido", "/entrar/clave", "/entrar/correo", "/entrar/destinatario"].includes(location.pathname);

/** Where a phone's camera leads: open to everybody. */
const isEnrolment = () => location.pathname === "/e";

export function App() {
    const language = useLanguage();
    return (
        <I18nProvider i18n={i18n}>
            <AriaLanguage locale={language}>
                <QueryClientProvider client={queries}>
                    <Inside />
                </QueryClientProvider>
            </AriaLanguage>
        </I18nProvider>
    );
}

function Inside() {
    const session = useSession();
    if (isEnrolment()) {
        return (
            <Suspense>
                <EnrolPage />
            </Suspense>
        );
    }
    if (isRecovery()) {
        return (
            <Suspense>
                <RecoveryPage path={location.pathname} />
            </Suspense>
        );
    }
    if (session.state === "asking") return null;
    if (!("who" in session)) return <SignInPage />;
    if (session.who.must_change_password) return <FirstPassword />;
    return (
        <>
            <RouterProvider router={router} />
            {session.state === "ended" && <SignInAgain who={session.who} />}
        </>
    );
}
