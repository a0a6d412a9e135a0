// What the pages of the team ask the server. The first word of each key is the topic of the live stream.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage } from "~/api/client";

export type Installation = Schemas["Installation"];
export type Enrolment = Schemas["Enrolment"];
export type CreatedEnrolment = Schemas["CreatedEnrolment"];
export type Message = Schemas["MessageShown"];

const PAGE = 500;

export const installationsQuery = () =>
    queryOptions({
        queryKey: ["installations", "all"],
        queryFn: ({ signal }) => everyPage<Installation>((after) => answer(api.GET("/v1/installations", { params: { query: { after, limit: PAGE } }, signal }))),
    });

export const rosterQuery = (installation: string) =>
    queryOptions({
        queryKey: ["installations", "roster", installation],
        queryFn: ({ signal }) => answer(api.GET("/v1/installations/{installation}/roster", { params: { path: { installation } }, signal })),
    });

export const enrolmentsQuery = () =>
    queryOptions({
        queryKey: ["installations", "enrolments"],
        queryFn: ({ signal }) => everyPage<Enrolment>((after) => answer(api.GET("/v1/enrolments", { params: { query: { after, limit: PAGE } }, signal }))),
    });

/** On which phone an employee works now, or worked last. */
export const sessionsQuery = (filter: { employee?: string; installation?: string }) =>
    queryOptions({
        queryKey: ["entries", "sessions", filter],
        queryFn: async ({ signal }) => (await answer(api.GET("/v1/employee-sessions", { params: { query: { ...filter, open: true, limit: 20 } }, signal }))).items,
    });

export const messagesQuery = (employee?: string) =>
    infiniteQueryOptions({
        queryKey: ["entries", "messages", employee ?? "all"],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/messages", { params: { query: { employee, after: pageParam, limit: 100 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });
