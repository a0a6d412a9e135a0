// What the pages of users and profiles ask the server.
import { queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, idempotencyKey, ifMatch } from "~/api/client";

export type User = Schemas["User"];
export type UserDraft = Schemas["UserDraft"];
export type Profile = Schemas["Profile"];
export type ProfileDraft = Schemas["ProfileDraft"];

const whole = (after: string | undefined) => ({ params: { query: { after, limit: 500 } } });

export const usersQuery = () => queryOptions({ queryKey: ["users", "list"], queryFn: () => everyPage((after) => answer(api.GET("/v1/users", whole(after)))) });

export const profilesQuery = () => queryOptions({ queryKey: ["users", "profiles"], queryFn: () => everyPage((after) => answer(api.GET("/v1/profiles", whole(after)))) });

const ref = (user: string) => ({ path: { user } });
const profileRef = (profile: string) => ({ path: { profile } });

export const makeUser = (draft: UserDraft, once = idempotencyKey()) => answer(api.POST("/v1/users", { params: { header: once }, body: draft as never }));
export const oneUser = (user: string) => answer(api.GET("/v1/users/{user}", { params: ref(user) }));
export const changeUser = (user: string, body: Partial<UserDraft>, version: number) =>
    answer(api.PATCH("/v1/users/{user}", { params: { ...ref(user), header: ifMatch(version) as never }, body: body as UserDraft, headers: { "Content-Type": "application/merge-patch+json" } }));
export const removeUser = (user: string, version: number) => answer(api.DELETE("/v1/users/{user}", { params: { ...ref(user), header: ifMatch(version) as never } }));
/** A password that the server makes and that is shown once. */
export const newPassword = (user: string) => answer(api.PUT("/v1/users/{user}/password", { params: ref(user), body: {} }));

export const makeProfile = (draft: ProfileDraft, once = idempotencyKey()) => answer(api.POST("/v1/profiles", { params: { header: once }, body: draft }));
export const oneProfile = (profile: string) => answer(api.GET("/v1/profiles/{profile}", { params: profileRef(profile) }));
export const changeProfile = (profile: string, body: Partial<ProfileDraft>, version: number) =>
    answer(api.PATCH("/v1/profiles/{profile}", { params: { ...profileRef(profile), header: ifMatch(version) as never }, body: body as ProfileDraft, headers: { "Content-Type": "application/merge-patch+json" } }));
export const removeProfile = (profile: string, version: number) => answer(api.DELETE("/v1/profiles/{profile}", { params: { ...profileRef(profile), header: ifMatch(version) as never } }));
