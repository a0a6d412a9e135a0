// Who works for the company, in which groups, by which profiles: many pages name them, so that they are asked once.
import { queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage } from "~/api/client";

export type Employee = Schemas["KeptEmployee"];
export type Group = Schemas["KeptGroup"];
export type EmployeeProfile = Schemas["KeptEmployeeProfile"];

/** The most that a page of a list holds. */
const PAGE = 500;

export const employeesQuery = () =>
    queryOptions({
        queryKey: ["employees", "all"],
        queryFn: ({ signal }) => everyPage<Employee>((after) => answer(api.GET("/v1/employees", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export const groupsQuery = () =>
    queryOptions({
        queryKey: ["groups", "all"],
        queryFn: ({ signal }) => everyPage<Group>((after) => answer(api.GET("/v1/groups", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export const employeeProfilesQuery = () =>
    queryOptions({
        queryKey: ["employees", "profiles"],
        queryFn: ({ signal }) => everyPage<EmployeeProfile>((after) => answer(api.GET("/v1/employee-profiles", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export { employeeOptions, fullName, groupOptions, groupTree, withBelow } from "./tree";
